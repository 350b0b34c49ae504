/**
 * The extensions whose names an ISA string may hold, and the profiles (RISC-V ISA manual and profiles document, 2026).
 * A name is listed even where its instructions are not decoded here, so that real ISA strings work; `supports` tells.
 */

export interface Extension {
  readonly name: string;
  /** What it is made of: switched off together with it. */
  readonly contains: readonly string[];
  /** What it requires: switched on with it, left alone when it goes. */
  readonly needs: readonly string[];
  /** Whether it brings instructions; otherwise it is a promise, a CSR or a bound. */
  readonly instructions: boolean;
}

/** Name, what it contains, what it needs. `+` after a name: brings instructions. */
const ROWS = `
i+
e+
m+ : zmmul
zmmul+
a+ : zaamo zalrsc
zaamo+
zalrsc+
f+ : : zicsr
d+ : : f
q+ : : d
c+ : zca
b : zba zbb zbs
v : zve64d zvl128b
h+ : : zicsr
s
u
zicsr+
zifencei+
zicntr : : zicsr
zihpm : : zicsr
ziccif
ziccid
ziccrse
ziccamoa
ziccamoc
zicclsm
zic64b
za64rs
za128rs
zama16b
zihintpause+
zihintntl+
zicond+
zicbom+
zicbop+
zicboz+
zimop+
zicfiss+ : : zicsr zimop zaamo
zicfilp+ : : zicsr
zilsd+
zawrs+
zacas+ : : zaamo
zabha+ : : zaamo
zalasr+
zca+
zcb+ : : zca
zcd+ : : zca d
zcf+ : : zca f
zcmp+ : : zca
zcmt+ : : zca zicsr
zcmop+ : : zca
zclsd+ : : zca zilsd
zce : zcb zcmp zcmt
zfh+ : zfhmin : f
zfhmin+ : : f
zfa+ : : f
zfbfmin+ : : f
zfinx+ : : zicsr
zdinx+ : : zfinx
zhinx+ : zhinxmin : zfinx
zhinxmin+ : : zfinx
zba+
zbb+
zbc+
zbs+
zbkb+
zbkc+
zbkx+
zk : zkn zkr zkt
zkn : zbkb zbkc zbkx zkne zknd zknh
zks : zbkb zbkc zbkx zksed zksh
zkne+
zknd+
zknh+
zksed+
zksh+
zkr : : zicsr
zkt
zve32x+ : zvl32b : zicsr
zve32f+ : : zve32x f
zve64x+ : zvl64b : zve32x
zve64f : : zve64x zve32f
zve64d : : zve64f d
zvl32b
zvl64b : : zvl32b
zvl128b : : zvl64b
zvl256b : : zvl128b
zvl512b : : zvl256b
zvl1024b : : zvl512b
zvfh : zvfhmin : zve32f zfhmin
zvfhmin : : zve32f
zvfbfmin+ : : zve32f
zvfbfwma+ : : zvfbfmin zfbfmin
zvbb+ : zvkb : zve32x
zvbc+ : : zve64x
zvkb+ : : zve32x
zvkg+ : : zve32x
zvkn : zvkned zvknhb zvkb zvkt
zvknc : zvkn zvbc
zvkng : zvkn zvkg
zvks : zvksed zvksh zvkb zvkt
zvksc : zvks zvbc
zvksg : zvks zvkg
zvkned+ : : zve32x
zvknha+ : : zve32x
zvknhb+ : : zve64x
zvksed+ : : zve32x
zvksh+ : : zve32x
zvkt
ztso
sm1p11
sm1p12
sm1p13
smaia : ssaia
smcntrpmf
smctr+
smdbltrp
smepmp
smmpm
smnpm
smrnmi+
smstateen : ssstateen
ss1p11
ss1p12
ss1p13
ssaia
ssccfg
ssccptr
sscofpmf
sscounterenw
sscsrind
ssctr+
ssdbltrp
ssnpm
ssqosid
ssstateen
ssstrict
sstc
sstvala
sstvecd
ssu64xl
supm
sha : h ssstateen shcounterenw shvstvala shtvala shvstvecd shvsatpa shgatpa
shcounterenw
shgatpa
shtvala
shvsatpa
shvstvala
shvstvecd
svade
svadu
svbare
svinval+
svnapot
svpbmt
svrsw60t59b
svvptc
sv32
sv39
sv48 : : sv39
sv57 : : sv48
`;

const words = (text: string | undefined) => (text ?? '').split(' ').filter((word) => word !== '');

/** Every extension by its lower-case name. */
export const extensions: ReadonlyMap<string, Extension> = new Map(
  ROWS.trim()
    .split('\n')
    .map((row) => {
      const [head = '', contains, needs] = row.split(':');
      const name = head.trim().replace('+', '');
      return [name, { name, contains: words(contains), needs: words(needs), instructions: head.includes('+') }];
    }),
);

const RVA20U = 'i m a f d c zicsr zicntr ziccif ziccrse ziccamoa za128rs zicclsm';
const RVA20S = 'zifencei ss1p11 svbare sv39 svade ssccptr sstvecd sstvala';
const RVA22U = `${RVA20U} zihpm zihintpause b zic64b zicbom zicbop zicboz zfhmin zkt za64rs`;
const RVA22S = `${RVA20S} ss1p12 sscounterenw svpbmt svinval`;
const RVA23U = `${RVA22U} v zvfhmin zvbb zvkt zihintntl zicond zimop zcmop zcb zfa zawrs supm`;
const RVA23S = `${RVA22S} ss1p13 svnapot sstc sscofpmf ssnpm ssu64xl sha`;

/** The mandatory extensions of each RV64 application profile. All of them promise Ziccif, none Ziccid. */
export const profiles: ReadonlyMap<string, readonly string[]> = new Map([
  ['rva20u64', words(RVA20U)],
  ['rva20s64', words(`${RVA20U} ${RVA20S}`)],
  ['rva22u64', words(RVA22U)],
  ['rva22s64', words(`${RVA22U} ${RVA22S}`)],
  ['rva23u64', words(RVA23U)],
  ['rva23s64', words(`${RVA23U} ${RVA23S}`)],
]);

/** As the manual writes it: `M`, `Zicsr`. */
export const extensionTitle = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
