/**
 * Mutants of a source file, all of them in one program: every place where something can be left out asks at run time
 * which mutant is wanted. What is left out: one operand of a join, a maximum, an `&&` or an `||`; the condition of a
 * `when` or of an `if` that leaves early; what a rule sets a view to.
 */
import ts from 'typescript';

export interface Mutant {
  readonly index: number;
  /** `afterRead vrn: join(v.vrn, when(acquire, post)) without v.vrn`. */
  readonly name: string;
}

export interface Mutated {
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

/** The module that says which mutant is wanted; bundlers resolve it to `switchSource`. */
export const switchModule = 'mutant-switch';
export const switchSource = 'export const wanted = { mutant: -1 };';

/**
 * @param first The index of the first mutant.
 * @param kinds `bounds`: only operands of joins and maxima.
 */
export function mutate(fileName: string, text: string, first: number, kinds: 'all' | 'bounds'): Mutated {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.ESNext, true);
  const mutants: Mutant[] = [];
  const f = ts.factory;

  /** `original`, or where the mutant is wanted, `instead`. */
  const choice = (at: ts.Node, what: string, instead: ts.Expression, original: ts.Expression): ts.Expression => {
    const index = first + mutants.length;
    mutants.push({ index, name: `${within(at).join(' ')}: ${what}` });
    const asked = f.createPropertyAccessExpression(f.createIdentifier('wanted'), 'mutant');
    const wanted = f.createStrictEquality(asked, f.createNumericLiteral(index));
    return f.createParenthesizedExpression(
      f.createConditionalExpression(wanted, undefined, instead, undefined, original),
    );
  };

  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => {
    const visit = (node: ts.Node): ts.Node => {
      const inner = ts.visitEachChild(node, visit, context);
      if (ts.isCallExpression(node) && ts.isCallExpression(inner)) return mutatedCall(node, inner);
      if (kinds === 'bounds') return inner;
      if (ts.isBinaryExpression(node) && ts.isBinaryExpression(inner)) return mutatedLogic(node, inner);
      if (ts.isPropertyAssignment(node) && ts.isPropertyAssignment(inner)) return mutatedUpdate(node, inner);
      if (ts.isIfStatement(node) && ts.isIfStatement(inner) && leaves(node.thenStatement)) {
        const expression = choice(node, `if (${short(node.expression)}) left out`, f.createFalse(), inner.expression);
        return f.updateIfStatement(inner, expression, inner.thenStatement, inner.elseStatement);
      }
      return inner;
    };
    return (source) => ts.visitEachChild(source, visit, context);
  };

  function mutatedCall(node: ts.CallExpression, inner: ts.CallExpression): ts.Expression {
    const callee = node.expression.getText();
    const args = inner.arguments;
    if (callee === 'when') return choice(node, `${short(node)} always`, args[1]!, inner);
    if ((callee !== 'join' && callee !== 'Math.max') || args.length < 2 || args.some(ts.isSpreadElement)) return inner;
    let result: ts.Expression = inner;
    node.arguments.forEach((argument, i) => {
      const rest = args.filter((_, other) => other !== i);
      const instead = rest.length === 1 ? rest[0]! : f.createCallExpression(inner.expression, undefined, rest);
      result = choice(node, `${short(node)} without ${short(argument)}`, instead, result);
    });
    return result;
  }

  function mutatedLogic(node: ts.BinaryExpression, inner: ts.BinaryExpression): ts.Expression {
    const kind = node.operatorToken.kind;
    if (kind !== ts.SyntaxKind.BarBarToken && kind !== ts.SyntaxKind.AmpersandAmpersandToken) return inner;
    const withoutRight = choice(node, `${short(node)} without ${short(node.right)}`, inner.left, inner);
    return choice(node, `${short(node)} without ${short(node.left)}`, inner.right, withoutRight);
  }

  /** `vrn: ...` in `{ ...v, vrn: ... }`: as it was. */
  function mutatedUpdate(node: ts.PropertyAssignment, inner: ts.PropertyAssignment): ts.Node {
    const spread = node.parent.properties.find(ts.isSpreadAssignment);
    const before = spread?.expression.getText();
    // A join that begins with the old value and loses its other operand is the same.
    const same =
      ts.isCallExpression(node.initializer) && node.initializer.arguments[0]?.getText() === `v.${node.name.getText()}`;
    if (before !== 'v' || same) return inner;
    const old = f.createPropertyAccessExpression(f.createIdentifier('v'), node.name.getText());
    return f.updatePropertyAssignment(inner, inner.name, choice(node, 'not updated', old, inner.initializer));
  }

  const { transformed } = ts.transform(file, [transformer]);
  const printed = ts.createPrinter().printFile(transformed[0]!);
  return { source: `import { wanted } from '${switchModule}';\n${printed}`, mutants };
}

/** A statement that does nothing but leave: `return null`, `continue`, `break`. */
const leaves = (statement: ts.Statement): boolean =>
  ts.isReturnStatement(statement) || ts.isContinueStatement(statement) || ts.isBreakStatement(statement);

/** The names of what a node is part of, outermost first: `afterRead`, `vrn`. */
function within(node: ts.Node): string[] {
  const names: string[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) {
    if (isNamed(at) && at.name !== undefined) names.unshift(at.name.getText());
  }
  return names;
}

const isNamed = (node: ts.Node): node is ts.NamedDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isPropertyAssignment(node) ||
  ts.isVariableDeclaration(node);

const short = (node: ts.Node): string => node.getText().replace(/\s+/g, ' ').slice(0, 60);
