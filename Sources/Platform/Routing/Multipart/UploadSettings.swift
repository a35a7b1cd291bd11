public import Reactor

/// Where files of forms are kept while their request lasts.
public struct UploadSettings: Sendable {
    /// The folder. It must be there.
    public var folder: String
    /// Where files are written.
    public var pool: BlockingPool

    /// Names folder and pool.
    public init(folder: String = "/tmp", pool: BlockingPool) {
        self.folder = folder
        self.pool = pool
    }
}
