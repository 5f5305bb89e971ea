import type { Security, TotpEnrolment } from '@latchkey/schemas';
import { lazy, Suspense, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { tellFailure } from '../../ui/toast.tsx';
import { useLayer } from '../../ui/use-layer.ts';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { PasskeyLines } from './passkey-lines.tsx';
import { Safeguard } from './safeguard.tsx';

const TrustedDevicesLine = lazy(async () => ({
  default: (await import('./trusted-devices-line.tsx')).TrustedDevicesLine,
}));
const RemoveApp = lazy(async () => ({ default: (await import('./remove-app.tsx')).RemoveApp }));
const TotpDialog = lazy(async () => ({ default: (await import('./totp-dialog.tsx')).TotpDialog }));
const RecoveryCodesDialog = lazy(async () => ({
  default: (await import('./recovery-codes-dialog.tsx')).RecoveryCodesDialog,
}));

const FEW_CODES = 3;

function sayFailure(error: unknown): void {
  const { what, next } = failureOf(error);
  tellFailure(`${what} ${next}`);
}

/** What stands between the account and somebody who knows its password. */
export function ProtectionCard(): ReactNode {
  const security = trpc.factors.security.useQuery();
  return (
    <Card title="Signing in" lead="With a second factor, a stolen password alone opens nothing.">
      <Loaded
        query={security}
        failed="How your account is protected can't be shown"
        skeleton={<SkeletonRows rows={2} label="Loading" />}
      >
        {(data) => (
          <ul className="safeguards" role="list">
            <PasswordLine changedAtMs={data.passwordChangedAtMs} />
            <PasskeyLines passkeys={data.passkeys} />
            <AppLine totp={data.totp} />
            {(data.totp || data.passkeys.length > 0) && <CodesLine codes={data.recoveryCodes} />}
            <Suspense fallback={null}>
              {data.trustedDevices > 0 && <TrustedDevicesLine count={data.trustedDevices} />}
            </Suspense>
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function PasswordLine({ changedAtMs }: { changedAtMs: number | null }): ReactNode {
  return (
    <Safeguard
      title="Password"
      is="good"
      state={
        changedAtMs !== null && (
          <>
            Changed <RelativeTime atMs={changedAtMs} />. Change it when somebody else may know it.
          </>
        )
      }
    />
  );
}

function AppLine({ totp }: Pick<Security, 'totp'>): ReactNode {
  const layer = useLayer<TotpEnrolment>();
  const start = trpc.factors.startTotp.useMutation({ onSuccess: layer.show, onError: sayFailure });
  return (
    <Safeguard
      title="Authenticator app"
      is={totp ? 'good' : 'missing'}
      state={
        totp ? (
          <>
            Added <RelativeTime atMs={totp.addedAtMs} />. It is asked for after your password.
          </>
        ) : (
          'An app on your phone shows a code, which is asked for after your password.'
        )
      }
    >
      <Suspense fallback={null}>{totp && <RemoveApp />}</Suspense>
      <Button size="small" pending={start.isPending} onClick={() => start.mutate()}>
        {totp ? 'Replace app' : 'Add app'}
      </Button>
      <Suspense fallback={null}>{layer.subject && <TotpDialog layer={layer} />}</Suspense>
    </Safeguard>
  );
}

function CodesLine({ codes: { left, madeAtMs } }: { codes: Security['recoveryCodes'] }): ReactNode {
  const layer = useLayer<readonly string[]>();
  const utils = trpc.useUtils();
  const renew = trpc.factors.renewRecoveryCodes.useMutation({
    onSuccess: async ({ codes }) => {
      layer.show(codes);
      await utils.factors.invalidate();
    },
    onError: sayFailure,
  });
  return (
    <Safeguard
      title="Recovery codes"
      is={left > FEW_CODES ? 'good' : 'weak'}
      state={
        <>
          {countWords(left, 'code')} left
          {madeAtMs !== null && (
            <>
              , made <RelativeTime atMs={madeAtMs} />
            </>
          )}
          . New codes make the old ones useless.
        </>
      }
    >
      <Button size="small" pending={renew.isPending} onClick={() => renew.mutate()}>
        Make new codes
      </Button>
      <Suspense fallback={null}>{layer.subject && <RecoveryCodesDialog layer={layer} />}</Suspense>
    </Safeguard>
  );
}
