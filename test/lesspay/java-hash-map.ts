/**
 * `java.util.HashMap<String, …>` of Java 8 to 21, step by step as its source does it (`putVal`, `resize`, `treeifyBin`), but
 * for bins that are turned into trees, which no test here may come to.
 */
export class JavaHashMap<Value> {
  private table: (Node<Value> | undefined)[] = Array.from({ length: 16 });
  private size = 0;

  put(key: string, value: Value): void {
    const hash = spread(hashCode(key));
    const index = hash & (this.table.length - 1);
    let bin = 0;
    let last: Node<Value> | undefined;
    for (let node = this.table[index]; node; node = node.next) {
      if (node.key === key) {
        node.value = value;
        return;
      }
      last = node;
      bin += 1;
    }
    const node = { hash, key, value, next: undefined };
    if (last) last.next = node;
    else this.table[index] = node;
    if (bin >= 8) this.treeifyBin();
    this.size += 1;
    if (this.size > this.table.length * 0.75) this.resize();
  }

  entries(): (readonly [string, Value])[] {
    const found: (readonly [string, Value])[] = [];
    for (const first of this.table) for (let node = first; node; node = node.next) found.push([node.key, node.value]);
    return found;
  }

  private treeifyBin(): void {
    if (this.table.length >= 64) throw new Error('a bin would become a tree');
    this.resize();
  }

  /** Each bin is split in two, both in the old order. */
  private resize(): void {
    const old = this.table;
    this.table = Array.from({ length: old.length * 2 });
    old.forEach((first, index) => {
      const stays: Node<Value>[] = [];
      const moves: Node<Value>[] = [];
      for (let node = first; node; node = node.next) ((node.hash & old.length) === 0 ? stays : moves).push(node);
      this.table[index] = linked(stays);
      this.table[index + old.length] = linked(moves);
    });
  }
}

interface Node<Value> {
  readonly hash: number;
  readonly key: string;
  value: Value;
  next: Node<Value> | undefined;
}

function linked<Value>(nodes: readonly Node<Value>[]): Node<Value> | undefined {
  nodes.forEach((node, index) => (node.next = nodes[index + 1]));
  return nodes[0];
}

const spread = (hash: number): number => hash ^ (hash >>> 16);

/** `String.hashCode`: s[0]·31^(n-1) + s[1]·31^(n-2) + … + s[n-1], in 32 bits. */
function hashCode(text: string): number {
  let sum = 0n;
  for (let index = 0; index < text.length; index++)
    sum += BigInt(text.charCodeAt(index)) * 31n ** BigInt(text.length - 1 - index);
  return Number(BigInt.asIntN(32, sum));
}
