import FoundationEssentials
import Reactor
import Telemetry
import Vigie

/// The front's certificate: the given one, or one of its own authority.
struct FrontCertificates: Sendable {
    private let given: CertificateFiles?
    private let authority: LocalAuthority
    private let group: EventLoopGroup
    private let logger: Logger

    private static let interval = Duration.seconds(3_600)

    init(_ options: FrontOptions, _ folder: FrontFolder, _ setup: ServiceSetup) {
        let working = FileManager.default.currentDirectoryPath
        let absolute = { (path: String) in path.hasPrefix("/") ? path : "\(working)/\(path)" }
        if let certificate = options.certificate, let key = options.key {
            given = CertificateFiles(certificate: absolute(certificate), key: absolute(key))
        } else {
            given = nil
        }
        (group, logger) = (setup.group, setup.logger)
        authority = LocalAuthority(
            folder: folder.certificates,
            names: options.allNames,
            openssl: Tool(program: "openssl", loop: setup.group.next())
        )
    }

    /// The certificate's files, made where they are missing.
    ///
    /// - Throws: `StartError`.
    func make() async throws(StartError) -> CertificateFiles {
        if let given { return given }
        if try await authority.renew() {
            logger.info("a certificate was made", ["authority": .string(authority.authority)])
        }
        return authority.files
    }

    /// Makes a new one in time, until the task is cancelled.
    func renew(_ health: FrontHealth) async {
        guard given == nil else { return }
        while (try? await group.next().sleep(for: Self.interval)) != nil {
            do throws(StartError) {
                if try await authority.renew() { logger.info("the certificate was renewed") }
                health.certificateProblem = nil
            } catch {
                health.certificateProblem = "\(error)"
                logger.error("the certificate can't be renewed", ["error": "\(error)"])
            }
        }
    }

    /// The files as they are now; nil where that can't be found out.
    func look() async -> CertificateFiles? {
        let files = given ?? authority.files
        return try? await group.blocking.run {
            CertificateFiles(certificate: files.certificate, key: files.key)
        }
    }
}
