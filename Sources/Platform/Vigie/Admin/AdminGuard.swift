import Authentication
import Configuration
import HTTP
import Routing
import Secrets
import Telemetry

/// Lets in who has the admin token; everybody where none is set, which is only on the machine itself.
struct AdminGuard: Sendable {
    let token: Secret?

    /// Who asks; nil for somebody without the token.
    func principal(of head: HTTPRequestHead) -> Principal? {
        guard let token else { return Principal(subject: "local") }
        guard let given = BearerToken.find(in: head.fields) else { return nil }
        return token.withBytes { ConstantTime.areEqual(given.span, $0) } ? Principal(subject: "admin") : nil
    }
}
