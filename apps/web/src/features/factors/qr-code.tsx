import { useMemo, type ReactNode } from 'react';
import { encode } from 'uqr';

/** Dark on light in both themes, since some cameras read nothing else, with the quiet border that readers look for. */
export function QrCode({ text, label }: { text: string; label: string }): ReactNode {
  const { size, data } = useMemo(() => encode(text, { ecc: 'M', border: 4 }), [text]);
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path className="qr-light" d={`M0 0h${size}v${size}H0z`} />
      <path className="qr-dark" d={path} />
    </svg>
  );
}
