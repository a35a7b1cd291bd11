import Synchronization
import Vigie

/// What `/health` tells beside nginx itself.
final class FrontHealth: Sendable {
    private struct State {
        var configuration: String?
        var document: String?
        var certificate: String?
        var status: StubStatus?
    }

    private let state = Mutex(State())

    /// Why nginx keeps an old configuration; nil when it does not.
    var configurationProblem: String? {
        get { state.withLock { $0.configuration } }
        set { state.withLock { $0.configuration = newValue } }
    }

    /// Why the front keeps an old file; nil when it does not.
    var documentProblem: String? {
        get { state.withLock { $0.document } }
        set { state.withLock { $0.document = newValue } }
    }

    /// Why the certificate could not be renewed; nil when it could.
    var certificateProblem: String? {
        get { state.withLock { $0.certificate } }
        set { state.withLock { $0.certificate = newValue } }
    }

    /// What nginx told of its connections; nil when it did not answer.
    var status: StubStatus? {
        get { state.withLock { $0.status } }
        set { state.withLock { $0.status = newValue } }
    }

    /// Throws the first problem there is.
    func check() throws(StartError) {
        let problem = state.withLock { $0.configuration ?? $0.document ?? $0.certificate }
        if let problem { throw StartError(problem) }
    }
}
