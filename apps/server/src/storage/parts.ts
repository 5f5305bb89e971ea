/** Lists are written in parts of these sizes, so that few statements are ever compiled. */
const PART_SIZES = [256, 32, 4, 1];

export function* partsOf<Item>(list: readonly Item[]): Generator<Item[]> {
  let at = 0;
  while (at < list.length) {
    const size = PART_SIZES.find((each) => each <= list.length - at) ?? 1;
    yield list.slice(at, at + size);
    at += size;
  }
}

export function* slicesOf<Item>(list: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
