// Work that blocks its thread, kept away from the few threads that Swift's tasks share.

import Foundation

/// Does `work` on a thread of its own. A test that blocked one of the shared threads could keep the answer it waits for from coming.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
