import Dispatch

/// Runs a call that blocks on a thread of its own, so that the tests' cooperative threads stay free.
package func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
    try await withCheckedThrowingContinuation { continuation in
        // A serial queue each: libdispatch gives it a thread at once, while a concurrent one waits for a free core.
        DispatchQueue(label: "test client").async { continuation.resume(with: Result { try body() }) }
    }
}
