import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that this code checks for. Source: grpc.io, "Status Codes". */
export const GRPC = {
  CANCELLED: 1,
  UNKNOWN: 2,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNAVAILABLE: 14,
} as const;

/** The gRPC status code of an error or of one of its causes; undefined where none of them has one. */
export function grpcCode(error: unknown): number | undefined {
  for (let next = error; next instanceof Error; next = next.cause)
    if (isGrpcServiceError(next)) return next.code.valueOf();
  return undefined;
}
