/*
 * A benchmark in the manner of CoreMark: each round sorts and reverses a linked list, multiplies small matrices of
 * 16-bit numbers, scans a text with a state machine, and takes a CRC of all results. Returns seven bits of the last CRC.
 */
#ifndef ROUNDS
#define ROUNDS 2000
#endif

typedef unsigned char byte;
typedef unsigned short half;
typedef signed short number;

enum { nodes = 60, side = 12 };

struct node {
  struct node *next;
  number value;
  number index;
};

static struct node pool[nodes];
static number a[side][side], b[side][side];
static int product[side][side];

__attribute__((noinline)) static half crc(half sum, unsigned value, int bits) {
  for (int i = 0; i < bits; i++) {
    unsigned carry = (sum ^ value) & 1;
    value >>= 1;
    sum >>= 1;
    if (carry) sum ^= 0xa001;
  }
  return sum;
}

static struct node *reversed(struct node *list) {
  struct node *behind = 0;
  while (list != 0) {
    struct node *next = list->next;
    list->next = behind;
    behind = list;
    list = next;
  }
  return behind;
}

static struct node *found(struct node *list, number value) {
  while (list != 0 && list->value != value) list = list->next;
  return list;
}

static int by_value(const struct node *x, const struct node *y) {
  return x->value - y->value;
}

static int by_index(const struct node *x, const struct node *y) {
  return x->index - y->index;
}

/* Merge sort from the bottom: runs of 1, 2, 4 ... nodes are merged pair by pair. */
__attribute__((noinline)) static struct node *sorted(struct node *list, int (*order)(const struct node *, const struct node *)) {
  for (int run = 1;; run *= 2) {
    struct node *rest = list, *tail = 0;
    int merges = 0;
    list = 0;
    while (rest != 0) {
      struct node *left = rest, *right = rest;
      int lefts = 0, rights = run;
      merges++;
      while (right != 0 && lefts < run) {
        right = right->next;
        lefts++;
      }
      while (lefts > 0 || (rights > 0 && right != 0)) {
        struct node *one;
        if (lefts > 0 && (rights == 0 || right == 0 || order(left, right) <= 0)) {
          one = left;
          left = left->next;
          lefts--;
        } else {
          one = right;
          right = right->next;
          rights--;
        }
        if (tail == 0) list = one;
        else tail->next = one;
        tail = one;
      }
      rest = right;
    }
    tail->next = 0;
    if (merges <= 1) return list;
  }
}

__attribute__((noinline)) static half lists(half sum, int round) {
  for (int i = 0; i < nodes; i++) {
    pool[i].next = i + 1 < nodes ? &pool[i + 1] : 0;
    pool[i].value = (number)((i * 37 + round * 11) & 0xff);
    pool[i].index = (number)i;
  }
  struct node *list = pool;
  int hits = 0;
  for (int i = 0; i < 20; i++) {
    struct node *hit = found(list, (number)((i * 13 + round) & 0xff));
    list = reversed(list);
    if (hit != 0) hits += hit->index;
  }
  list = sorted(list, by_value);
  sum = crc(sum, (unsigned)(hits + list->value), 32);
  list = sorted(list, by_index);
  for (struct node *one = list; one != 0; one = one->next) sum = crc(sum, (half)one->value, 16);
  return sum;
}

__attribute__((noinline)) static half matrices(half sum, int round) {
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) {
      a[i][j] = (number)(i * round - j);
      b[i][j] = (number)(j * 3 + (round & i));
    }
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) {
      int of = 0;
      for (int k = 0; k < side; k++) of += a[i][k] * b[k][j];
      product[i][j] = of;
    }
  int trace = 0;
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) {
      int of = product[i][j];
      trace += ((of >> 2) & 15) * ((of >> 5) & 127);
      if (of > trace) trace -= 10;
    }
  return crc(sum, (unsigned)trace, 32);
}

enum state { start, sign, whole, point, fraction, exponent, invalid, states };

static enum state next(enum state of, byte letter) {
  int digit = letter >= '0' && letter <= '9';
  switch (of) {
    case start:
      return digit ? whole : letter == '+' || letter == '-' ? sign : letter == '.' ? point : invalid;
    case sign:
      return digit ? whole : letter == '.' ? point : invalid;
    case whole:
      return digit ? whole : letter == '.' ? fraction : letter == 'e' ? exponent : invalid;
    case point:
    case fraction:
      return digit ? fraction : letter == 'e' ? exponent : invalid;
    case exponent:
      return digit || letter == '-' ? exponent : invalid;
    default:
      return invalid;
  }
}

__attribute__((noinline)) static half scans(half sum, int round) {
  static const char text[] = "5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e3,-.123e-2,T0.3e-1F,1x";
  unsigned ends[states] = {0};
  enum state state = start;
  for (const char *at = text; *at != 0; at++) {
    byte letter = (byte)*at;
    if (((at - text) & 31) == (round & 31)) letter ^= 1;
    if (letter == ',') {
      ends[state]++;
      state = start;
    } else {
      state = next(state, letter);
    }
  }
  for (int i = 0; i < states; i++) sum = crc(sum, ends[i], 16);
  return sum;
}

int main(void) {
  half sum = 0;
  for (int round = 0; round < ROUNDS; round++) {
    sum = lists(sum, round);
    sum = matrices(sum, round);
    sum = scans(sum, round);
  }
  return (int)(sum & 0x7f);
}
