/** Where a procedure is found beside tRPC: under `/api/v1`, with its input's names in braces. */
export type Rest = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: `/${string}`;
  /** Of the answer when all went well. */
  status: 200 | 201 | 204;
};
