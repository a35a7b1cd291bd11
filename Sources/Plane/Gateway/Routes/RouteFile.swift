import Documents
import FoundationEssentials
import Reactor
import Synchronization
import Telemetry
import Vigie

/// The gateway's file: read at the start, and again whenever it changes.
final class RouteFile: Sendable {
    /// How often is looked whether it changed.
    private static let interval = Duration.seconds(1)

    private let path: String
    private let book: RouteBook
    /// Nil without a registry: then no service can ask for routes.
    private let services: ServiceRoutes?
    private let group: EventLoopGroup
    private let logger: Logger
    /// What was read last.
    private let known: Mutex<[UInt8]?> = Mutex(nil)
    /// What the process was started with.
    private let authentication = Mutex(EdgeAuthenticationSettings())

    init(_ path: String, _ book: RouteBook, _ services: ServiceRoutes?, _ setup: ServiceSetup) {
        self.path = path
        self.services = services
        self.book = book
        group = setup.group
        logger = setup.logger
    }

    /// Reads it for the first time.
    ///
    /// - Parameter authenticate: makes what believes callers, of what the file says about them.
    /// - Returns: what `authenticate` made.
    /// - Throws: ``StartError`` where it can't be read, or with each of its mistakes; what `authenticate` throws beside them.
    func load<Authenticator>(
        _ authenticate: (EdgeAuthenticationSettings) throws -> Authenticator
    ) async throws -> Authenticator {
        guard let bytes = try? await read() else {
            throw StartError("\(path): can't be read; does the file exist, and may this user read it?")
        }
        do {
            let document = try GatewayDocument(parsing: bytes)
            authentication.withLock { $0 = document.authentication }
            let authenticator = try authenticate(document.authentication)
            try take(document)
            known.withLock { $0 = bytes }
            return authenticator
        } catch let error as DocumentError {
            throw StartError(error.mistakes.map { "\(path): \($0)" }.joined(separator: "\n"))
        }
    }

    /// Reads it again whenever its content changes, until the task is cancelled. A bad one is told, and changes nothing.
    func follow() async {
        var isMissing = false
        while (try? await group.next().sleep(for: Self.interval)) != nil {
            guard let bytes = try? await read() else {
                if !isMissing { logger.error("the routes' file can't be read", ["file": .string(path)]) }
                isMissing = true
                continue
            }
            isMissing = false
            guard known.withLock({ $0 != bytes }) else { continue }
            known.withLock { $0 = bytes }
            do throws(DocumentError) {
                try take(try GatewayDocument(parsing: bytes))
                logger.info("routes read", ["file": .string(path), "routes": .int(book.table.routes.count)])
            } catch {
                book.refuse(.file, error)
                logger.error(
                    "the routes' file has mistakes: the old routes serve on",
                    ["file": .string(path), "mistakes": .string("\(error)")]
                )
            }
        }
    }

    private func take(_ document: GatewayDocument) throws(DocumentError) {
        try book.set(document)
        book.refuse(.file, nil)
        services?.take(document.grants)
        guard authentication.withLock({ $0 != document.authentication }) else { return }
        logger.warning(
            "`authentication` has changed in the routes' file: it counts from the next start on",
            ["file": .string(path)]
        )
    }

    private func read() async throws -> [UInt8] {
        try await group.blocking.run { [path] in Array(try Data(contentsOf: URL(filePath: path))) }
    }
}
