import type { Directive } from './directives';
import type { Statement } from './types';

/** Sections that hold no part of the program: what stands in them changes no bytes of it. */
const ASIDE =
  /^\.(?:debug|zdebug|note|comment|stab|gnu\.|llvm|riscv\.attributes|eh_frame|sframe)|^__patchable_function_entries$/;
const CODE = /(?:^|\.)text(?:\.|$)/;

/** What may stand outside of the code, for it has no bytes. */
const HARMLESS: ReadonlySet<string> = new Set(['set', 'option', 'ignored']);

interface Section {
  readonly name: string;
  readonly code: boolean;
}

const TEXT: Section = { name: '.text', code: true };

/** In which section the text goes on. A block is one piece of code: bytes of another section are refused by its name. */
export class Sections {
  private current = TEXT;
  private before = TEXT;
  private readonly saved: (readonly [Section, Section])[] = [];
  /** The section of the first bytes. */
  private home: Section | null = null;

  /** Follows a directive; what is wrong with it. */
  change(directive: string, change: (Directive & { readonly k: 'section' })['change'], rest: string): string[] {
    switch (change) {
      case 'text':
        if (rest !== '' && rest !== '0')
          return ['another part of `.text` is refused: only a linker lays out other sections'];
        this.go(TEXT);
        return [];
      case 'to':
      case 'push': {
        const named = directive === '.section' || directive === '.pushsection';
        const [, quoted, plain = '', flags = ''] =
          /^(?:"([^"]*)"|([^\s,]+))?\s*(?:,\s*"([^"]*)")?/.exec(named ? rest : directive) ?? [];
        const name = quoted ?? plain;
        if (name === '') return [`\`${directive}\` takes the name of a section`];
        if (change === 'push') this.saved.push([this.current, this.before]);
        this.go({ name, code: CODE.test(name) || flags.includes('x') });
        return [];
      }
      case 'pop': {
        const top = this.saved.pop();
        if (!top) return ['`.popsection` without a `.pushsection` before it'];
        [this.current, this.before] = top;
        return [];
      }
      case 'previous':
        this.go(this.before);
        return [];
    }
  }

  private go(section: Section): void {
    this.before = this.current;
    this.current = section;
  }

  /** Null where a statement can stand here; otherwise why not, or nothing where it does not matter. */
  admits({ body, labels }: Statement, directive: Directive | undefined): string | null {
    const harmless = labels.length === 0 && (body === null || (directive !== undefined && HARMLESS.has(directive.k)));
    const { name, code } = this.current;
    if (ASIDE.test(name)) return '';
    if (harmless) return null;
    if (!code)
      return `this stands in section \`${name}\`, and a block is code alone: only a linker lays out other sections`;
    if (this.home === null && directive?.k !== 'align') this.home = this.current;
    if (this.home !== null && this.home.name !== name)
      return `this stands in section \`${name}\`, and code before it in \`${this.home.name}\`: only a linker lays out several sections`;
    return null;
  }
}
