import Vigie

/// What the service needs to know of its system.
struct ListingOptions: ConfigurationPart {
    var system = "hometrip"

    static let title = "Listing"
    static let settings: [Setting<Self>] = [
        Setting(
            "listing.system",
            \.system,
            .text(rule: "1 to 63 of a-z, 0-9 and -, a letter first") { ServiceName($0) != nil },
            help: "The first part of events' subjects: <system>.listing.created."
        )
    ]
}
