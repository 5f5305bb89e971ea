import { verifyChain } from '../audit/index.ts';
import { Refused, type Noun } from './command.ts';

export const audit: Noun = {
  verify: {
    means: 'Walks the audit log’s chain, and names the first entry that was changed, removed or put in.',
    async run({ composed }) {
      const { storage, services } = await composed();
      const broken = await verifyChain(storage.read);
      if (broken !== null) throw new Refused(`Entry ${broken} of the audit log was changed, removed or put in.`);
      const entries = (await services.audit.list({ limit: 1 })).items[0]?.number ?? 0;
      return { line: `The audit log is whole: ${entries} entries.`, json: { entries } };
    },
  },
};
