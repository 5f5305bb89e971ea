import { trpc } from './client.ts';

/** Whether mail goes out from here, as the shell's first answers say. Otherwise messages are files in the server's outbox. */
export function useSendsMail(): boolean {
  return trpc.server.info.useQuery(undefined, { staleTime: Infinity }).data?.sendsMail ?? true;
}
