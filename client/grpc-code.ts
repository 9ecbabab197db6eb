import { isGrpcServiceError } from '@temporalio/client';

/** Those of gRPC's status codes that are told apart here. Source: grpc.io, "Status Codes". */
export const GRPC = {
  CANCELLED: 1,
  UNKNOWN: 2,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNAVAILABLE: 14,
} as const;

/** The code that an error of Temporal's client bears, or what caused it; undefined where none of them is gRPC's. */
export function grpcCode(error: unknown): number | undefined {
  for (let next = error; next instanceof Error; next = next.cause)
    if (isGrpcServiceError(next)) return next.code.valueOf();
  return undefined;
}
