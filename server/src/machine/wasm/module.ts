import { type Code, unsignedLeb, type ValueType, valueTypes } from './code';

/** One function; its first locals are its parameters. */
export interface WasmFunction {
  readonly parameters: readonly ValueType[];
  /** Of its only result. */
  readonly result: ValueType;
  /** Those behind the parameters. */
  readonly locals: readonly ValueType[];
  /** Up to and without the last `end`. */
  readonly code: Code;
}

const section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const [functionType, memoryImport, functionExport] = [0x60, 0x02, 0x00];

/**
 * A module (core specification, section 5.5) that imports a memory as `m.m` and exports its first function as `f`.
 *
 * @param pages of the memory, 64 KiB each: so many at least
 */
export function encodeModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...encoded(section.type, functions.map(typeOf)),
    ...encoded(section.import, [[...text('m'), ...text('m'), memoryImport, 0, ...unsignedLeb(pages)]]),
    ...encoded(
      section.function,
      functions.map((_, index) => unsignedLeb(index)),
    ),
    ...encoded(section.export, [[...text('f'), functionExport, 0]]),
    ...encoded(section.code, functions.map(bodyOf)),
  ]);
}

function encoded(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = [...unsignedLeb(entries.length), ...entries.flat()];
  return [id, ...unsignedLeb(content.length), ...content];
}

function typeOf({ parameters, result }: WasmFunction): number[] {
  return [functionType, parameters.length, ...parameters.map((type) => valueTypes[type]), 1, valueTypes[result]];
}

function bodyOf({ locals, code }: WasmFunction): number[] {
  const body = [...unsignedLeb(locals.length), ...locals.flatMap((type) => [1, valueTypes[type]]), ...code.bytes, 0x0b];
  return [...unsignedLeb(body.length), ...body];
}

function text(name: string): number[] {
  return [name.length, ...Array.from(name, (letter) => letter.charCodeAt(0))];
}
