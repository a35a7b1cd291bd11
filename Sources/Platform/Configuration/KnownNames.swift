/// All names by which settings can be given, for one kind of source.
struct KnownNames: Sendable {
    struct Entry: Sendable {
        let setting: Int
        let traits: SettingTraits
        let isFileReference: Bool
    }

    private var entries: [String: Entry] = [:]
    /// In the order of the declaration, for suggestions.
    private(set) var names: [String] = []
    /// Names that are declared twice.
    private(set) var repeated: [String] = []

    init(_ settings: [SettingTraits], _ name: KeyPath<SettingName, String>) {
        for (index, traits) in settings.enumerated() {
            add(traits.name[keyPath: name], Entry(setting: index, traits: traits, isFileReference: false))
            guard traits.isSecret else { continue }
            let reference = traits.name.fileReference[keyPath: name]
            add(reference, Entry(setting: index, traits: traits, isFileReference: true))
        }
    }

    subscript(name: String) -> Entry? { entries[name] }

    func nearest(to name: String) -> String? { NearestName.find(name, among: names) }

    private mutating func add(_ name: String, _ entry: Entry) {
        if entries.updateValue(entry, forKey: name) != nil {
            repeated.append(name)
        } else {
            names.append(name)
        }
    }
}
