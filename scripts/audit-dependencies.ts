import { spawnSync } from 'node:child_process';

type Answer = { status: number | null; stdout: string; stderr: string };
type Report = { advisories: Record<string, { module_name: string; severity: string; title: string; url: string }> };

export type Verdict = { outcome: 'passed' | 'failed' | 'skipped'; message: string };

/** What pnpm says when the registry has no audit, or can't be reached. Any other failure is one. */
const UNANSWERED = /ERR_PNPM_AUDIT_|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT/;

/** Whether a locked dependency has a known vulnerability that is high or critical, as far as the registry can be asked. */
export function auditDependencies(): Verdict {
  const args = ['-y', 'pnpm', 'audit', '--json', '--audit-level', 'high'];
  return judge(spawnSync('npx', args, { encoding: 'utf8', shell: process.platform === 'win32' }));
}

export function judge({ status, stdout, stderr }: Answer): Verdict {
  if (status === 0) return { outcome: 'passed', message: 'No locked dependency has a known high vulnerability.' };
  const said = `${stdout}${stderr}`;
  if (UNANSWERED.test(said)) return { outcome: 'skipped', message: `The registry can't be asked: ${oneLine(said)}` };
  return { outcome: 'failed', message: stdout.startsWith('{') ? vulnerabilities(stdout) : said };
}

function vulnerabilities(report: string): string {
  const { advisories } = JSON.parse(report) as Report;
  return Object.values(advisories)
    .map(({ module_name, severity, title, url }) => `${module_name}: ${title} (${severity}, ${url})`)
    .join('\n');
}

function oneLine(text: string): string {
  const from = text.search(UNANSWERED);
  return text
    .slice(from, from + 300)
    .replaceAll(/[\s×│├╰─▶]+/g, ' ')
    .trim();
}
