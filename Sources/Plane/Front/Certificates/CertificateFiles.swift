/// A certificate's files.
struct CertificateFiles: Sendable, Equatable {
    /// The certificate, and those between it and its authority.
    let certificate: String
    /// Its private key.
    let key: String
    /// What tells the files' content from that of before.
    var mark: String

    /// Takes the files as they are now.
    init(certificate: String, key: String) {
        (self.certificate, self.key) = (certificate, key)
        mark = ""
        look()
    }

    /// Looks whether the files have changed. Blocks.
    mutating func look() { mark = "\(PlainFile.mark(certificate)) \(PlainFile.mark(key))" }
}
