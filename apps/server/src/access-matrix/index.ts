export { accessMatrixRouter } from './router.ts';
export { createAccessMatrix, type AccessMatrix } from './service.ts';
