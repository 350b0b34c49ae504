/*
 * A benchmark in the manner of Dhrystone: what system programs of its time spent their instructions on. Each round
 * makes and compares strings, copies and follows linked records, calls small procedures with few arguments and indexes
 * arrays. Returns seven bits of the sum over all rounds.
 */
#ifndef ROUNDS
#define ROUNDS 200000
#endif

enum colour { red, green, blue, white };

struct record {
  struct record *next;
  enum colour kind;
  int number;
  char name[32];
};

static struct record ledger[4];
static int table[24];
static int grid[24][24];
static int counter;
static char initial;

static void copy(char *to, const char *from) {
  while ((*to++ = *from++) != 0) {
  }
}

static int compare(const char *a, const char *b) {
  while (*a != 0 && *a == *b) {
    a++;
    b++;
  }
  return (unsigned char)*a - (unsigned char)*b;
}

static void duplicate(struct record *to, const struct record *from) {
  to->next = from->next;
  to->kind = from->kind;
  to->number = from->number;
  for (int i = 0; i < 32; i += 4) *(int *)(void *)(to->name + i) = *(const int *)(const void *)(from->name + i);
}

__attribute__((noinline)) static enum colour mixed(enum colour a, enum colour b) {
  switch (a) {
    case red:
      return b == red ? red : white;
    case green:
      return b == blue ? white : green;
    case blue:
      return counter > 100 ? red : b;
    default:
      return blue;
  }
}

__attribute__((noinline)) static int total(int a, int b) {
  return a + b + 2;
}

__attribute__((noinline)) static void fill(int *row, int (*rows)[24], int at, int value) {
  int place = at + 5;
  row[place] = value;
  row[place + 1] = row[place];
  row[place + 10] = place;
  for (int i = place; i <= place + 1; i++) rows[place][i] = place;
  rows[place][place - 1] += 1;
  rows[place + 10][place] = row[place];
}

__attribute__((noinline)) static int greater(const char *a, const char *b) {
  int at = 2;
  while (at <= 2) {
    if (a[at] == b[at + 1]) at += 3;
    else at += 1;
  }
  if (compare(a, b) > 0) {
    counter = at + 7;
    return 1;
  }
  return 0;
}

__attribute__((noinline)) static void advance(struct record *of) {
  struct record *following = of->next;
  duplicate(following, &ledger[0]);
  of->number = 5;
  following->number = of->number;
  following->next = of->next;
  if (following->kind == red) {
    following->number = total(following->number, 10);
    following->kind = mixed(of->kind, following->kind);
  } else {
    duplicate(of, following);
  }
}

int main(void) {
  /* Read each time, so that no round can be worked out beforehand. */
  static const char *volatile first = "A RECORD OF SOME ROUND, 1ST ONE";
  static const char *volatile second = "A RECORD OF SOME ROUND, 2ND ONE";
  char left[32], right[32];
  unsigned sum = 0;
  ledger[0].next = &ledger[1];
  ledger[1].next = &ledger[1];
  ledger[0].kind = red;
  copy(ledger[0].name, "A NAME OF A RECORD IN A LEDGER");
  copy(left, first);
  for (int round = 0; round < ROUNDS; round++) {
    int a = 2, b = 3, c;
    counter = round & 0xff;
    initial = (char)('A' + (round & 3));
    copy(right, second);
    enum colour colour = green;
    int differs = !greater(left, right);
    for (c = 0; a < b; a++) c = 5 * a - b;
    c = total(a, c);
    fill(table, grid, a, c);
    advance(&ledger[0]);
    for (char letter = 'A'; letter <= initial; letter++) {
      if (colour == mixed(green, (enum colour)(letter & 3))) {
        copy(right, first);
        b = round;
      }
    }
    b = b * (a + 1);
    a = b / (c | 1);
    b = 7 * (b - c) - a;
    sum = sum * 31 + (unsigned)(a ^ b) + (unsigned)differs + (unsigned)right[24] + (unsigned)ledger[1].number;
  }
  return (int)(sum & 0x7f);
}
