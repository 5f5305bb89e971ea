import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** How wide the element is now, in CSS pixels, so that pictures are drawn in their own size and their text keeps its. */
export function useWidth<Of extends Element>(): [ref: RefObject<Of | null>, width: number] {
  const ref = useRef<Of>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(Math.floor(element.getBoundingClientRect().width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
