// Reads line by line, and trusts no length.
#include "dsl/bundle.hpp"

#include "dsl/file_names.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace watchword::dsl {

namespace {

constexpr std::string_view first_line = "watchword bundle 1\n";
constexpr std::string_view any_version = "watchword bundle ";
constexpr std::array<std::string_view, 3> kinds{"policy", "file", "standard"};

std::string checksum(std::string_view bytes) { return fmt::format("{:016x}", XXH3_64bits(bytes.data(), bytes.size())); }

class Reading {
public:
    explicit Reading(std::string_view bytes) : rest_(bytes) {}

    /// The next line without its end; nullopt: there is none.
    std::optional<std::string_view> line() {
        const std::size_t end = rest_.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        return take(end);
    }
    /// So many bytes, which a new line follows.
    std::optional<std::string_view> content(std::size_t length) {
        if (length >= rest_.size() || rest_[length] != '\n') return std::nullopt;
        return take(length);
    }
    bool over() const { return rest_.empty(); }

private:
    std::string_view take(std::size_t length) {
        const std::string_view taken = rest_.substr(0, length);
        rest_.remove_prefix(length + 1);
        return taken;
    }
    std::string_view rest_;
};

std::string_view word_of(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

/// The file of which `line` is the head; nullopt: it is none.
std::optional<BundledFile> read_file(std::string_view line, Reading& reading) {
    BundledFile file;
    const auto kind = std::find(kinds.begin(), kinds.end(), word_of(line));
    if (kind == kinds.end()) return std::nullopt;
    file.kind = static_cast<BundledKind>(kind - kinds.begin());
    if (file.kind != BundledKind::standard) {
        const std::string_view number = word_of(line);
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), length);
        if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
        const std::optional<std::string_view> text = reading.content(length);
        if (!text) return std::nullopt;
        file.text = *text;
    }
    if (line.empty()) return std::nullopt;
    file.name = line;
    return file;
}

} // namespace

std::string BundledFiles::path_of(std::string_view path, std::string_view name) {
    return fmt::format("{}/{}", path, normal_name(name)); // of an absolute name too
}

void BundledFiles::add(const std::string& path, const Bundle& bundle) {
    folders_.push_back(path + "/");
    for (const BundledFile& file : bundle.files)
        if (file.kind != BundledKind::standard) texts_[path_of(path, file.name)] = file.text;
}

void BundledFiles::add(const BundledFiles& others) {
    folders_.insert(folders_.end(), others.folders_.begin(), others.folders_.end());
    texts_.insert(others.texts_.begin(), others.texts_.end());
}

bool BundledFiles::hold(std::string_view file) const {
    return std::any_of(folders_.begin(), folders_.end(),
                       [&](const std::string& folder) { return file.starts_with(folder); });
}

std::optional<std::string> BundledFiles::read(std::string_view name, std::string_view from) const {
    for (const std::string& folder : folders_) {
        if (!from.starts_with(folder)) continue;
        const auto found = texts_.find(folder + normal_name(path_beside(name, from.substr(folder.size()))));
        if (found != texts_.end()) return found->second;
    }
    return std::nullopt;
}

void add_root(std::string name, std::string_view text, bool standard, Sources& sources,
              std::vector<std::uint32_t>& roots) {
    const auto is_known = [&](std::uint32_t root) {
        return sources.file(root).name == name && sources.file(root).text == text;
    };
    if (std::none_of(roots.begin(), roots.end(), is_known))
        roots.push_back(sources.add(std::move(name), std::string(text), standard));
}

std::string add_bundle(const std::string& path, const Bundle& bundle, std::span<const StandardModule> modules,
                       Sources& sources, std::vector<std::uint32_t>& roots, BundledFiles& bundled) {
    bundled.add(path, bundle);
    for (const BundledFile& file : bundle.files) {
        if (file.kind == BundledKind::policy)
            add_root(BundledFiles::path_of(path, file.name), file.text, false, sources, roots);
        if (file.kind != BundledKind::standard) continue;
        const auto module = std::find_if(modules.begin(), modules.end(),
                                         [&](const StandardModule& one) { return one.name == file.name; });
        if (module == modules.end()) return fmt::format("there is no standard module `{}`", file.name);
        add_root(fmt::format("<{}>", file.name), module->text, true, sources, roots);
    }
    return {};
}

bool is_bundle(std::string_view bytes) { return bytes.starts_with(any_version); }

std::string write_bundle(const Bundle& bundle) {
    std::string bytes = fmt::format("{}version {}\nprogram {}\n", first_line, bundle.version, bundle.program);
    for (const BundledFile& file : bundle.files) {
        const std::string_view kind = kinds[static_cast<std::size_t>(file.kind)];
        if (file.kind == BundledKind::standard)
            bytes += fmt::format("{} {}\n", kind, file.name);
        else
            bytes += fmt::format("{} {} {}\n{}\n", kind, file.text.size(), file.name, file.text);
    }
    const std::string sum = checksum(bytes);
    return bytes + "checksum " + sum + "\n";
}

std::optional<Bundle> read_bundle(std::string_view bytes, std::string& problem) {
    const auto refuse = [&](std::string why) {
        problem = std::move(why);
        return std::nullopt;
    };
    if (!is_bundle(bytes)) return refuse("it is no bundle");
    if (!bytes.starts_with(first_line)) return refuse("the bundle is of another version of the format");
    const std::size_t sealed = bytes.size() - std::min(bytes.size(), std::string_view("checksum \n").size() + 16);
    if (bytes.substr(sealed) != "checksum " + checksum(bytes.substr(0, sealed)) + "\n")
        return refuse("the bundle is cut off or damaged: its checksum is wrong");
    Reading reading{bytes.substr(first_line.size(), sealed - first_line.size())};
    Bundle bundle;
    for (const auto& [word, into] : {std::pair{"version", &bundle.version}, std::pair{"program", &bundle.program}}) {
        std::string_view line = reading.line().value_or("");
        if (word_of(line) != word || line.empty()) return refuse(fmt::format("the bundle does not say its {}", word));
        *into = line;
    }
    while (!reading.over()) {
        const std::optional<std::string_view> line = reading.line();
        std::optional<BundledFile> file = line ? read_file(*line, reading) : std::nullopt;
        if (!file) return refuse(fmt::format("the bundle cannot be read behind {} of its files", bundle.files.size()));
        bundle.files.push_back(std::move(*file));
    }
    const auto is_file = [](const BundledFile& file) { return file.kind == BundledKind::file; };
    if (std::all_of(bundle.files.begin(), bundle.files.end(), is_file)) return refuse("the bundle has no policies");
    return bundle;
}

} // namespace watchword::dsl
