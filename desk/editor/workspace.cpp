// Open texts and what they compile to.
#include "desk/editor/workspace.hpp"

#include "dsl/file_names.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

/// No stamp of a file on disk looks like that of an open text.
constexpr std::uint64_t open_mark = std::uint64_t{1} << 63;

} // namespace

Workspace::Workspace(dsl::CompilerOptions options, Disk disk) : options_(std::move(options)), disk_(std::move(disk)) {}

void Workspace::open(const std::string& path, std::string text) {
    Document& document = documents_[path];
    document.text = std::move(text);
    document.revision = ++revisions_;
}

void Workspace::close(const std::string& path) { documents_.erase(path); }

std::vector<std::string> Workspace::open_paths() const {
    std::vector<std::string> result;
    for (const auto& [path, document] : documents_) result.push_back(path);
    return result;
}

std::optional<std::string_view> Workspace::standard_text(std::string_view path) const {
    for (const dsl::StandardModule& module : options_.modules)
        if (path.size() == module.name.size() + 2 && path.substr(1, module.name.size()) == module.name)
            return module.text;
    return std::nullopt;
}

std::optional<std::string> Workspace::text(const std::string& path) const {
    if (const auto known = documents_.find(path); known != documents_.end()) return known->second.text;
    if (!path.starts_with("<")) return disk_.read(path);
    const std::optional<std::string_view> standard = standard_text(path);
    return standard ? std::optional(std::string(*standard)) : std::nullopt;
}

std::uint64_t Workspace::stamp(const std::string& path) const {
    if (const auto known = documents_.find(path); known != documents_.end()) return open_mark | known->second.revision;
    return path.starts_with("<") ? 1 : disk_.stamp(path) & ~open_mark;
}

std::vector<std::string> Workspace::paths() const {
    std::vector<std::string> result = disk_.list();
    for (const auto& [path, document] : documents_)
        if (!path.starts_with("<")) result.push_back(path);
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

const CheckedFile* Workspace::checked(const std::string& path) {
    const auto known = documents_.find(path);
    if (known == documents_.end()) return nullptr;
    Document& document = known->second;
    const auto is_as_it_was = [this](const auto& input) { return stamp(input.first) == input.second; };
    if (document.now && std::all_of(document.now->inputs.begin(), document.now->inputs.end(), is_as_it_was))
        return document.now.get();
    if (document.now && document.now->fine()) document.fine = std::move(document.now);
    document.now = make(path, &document.parsed, options_.lint);
    return document.now.get();
}

const CheckedFile* Workspace::last_fine(const std::string& path) const {
    const auto known = documents_.find(path);
    if (known == documents_.end()) return nullptr;
    const Document& document = known->second;
    return document.now && document.now->fine() ? document.now.get() : document.fine.get();
}

std::unique_ptr<CheckedFile> Workspace::check(const std::string& path) const {
    return make(path, nullptr, options_.lint);
}

std::unique_ptr<CheckedFile> Workspace::check_quickly(const std::string& path) const {
    return make(path, nullptr, false);
}

std::unique_ptr<CheckedFile> Workspace::make(const std::string& path, dsl::ParsedFiles* parsed, bool lint) const {
    std::optional<std::string> own = text(path);
    if (!own || own->size() > most_bytes) return nullptr;
    auto made = std::make_unique<CheckedFile>();
    made->inputs.emplace_back(path, stamp(path));
    made->root = made->sources.add(path, std::move(*own), path.starts_with("<"));
    dsl::CompilerOptions options = options_;
    options.parsed = parsed;
    options.read = [&](std::string_view name, std::string_view from) {
        const std::string beside = dsl::normal_name(dsl::path_beside(name, from));
        made->inputs.emplace_back(beside, stamp(beside)); // one that is not there may come
        return text(beside);
    };
    const std::vector<std::uint32_t> roots{made->root};
    made->model = dsl::check(made->sources, roots, options, made->diagnostics);
    if (lint && made->fine()) {
        dsl::lint(made->model, options, made->diagnostics);
        dsl::lower(made->model, false, made->diagnostics); // what would be too large is said
    }
    made->diagnostics.sort();
    const std::vector<dsl::Tree>& trees = made->model.trees;
    const auto own_tree =
        std::find_if(trees.begin(), trees.end(), [&](const dsl::Tree& tree) { return tree.file == made->root; });
    made->tree = static_cast<std::uint32_t>(own_tree - trees.begin());
    return made;
}

Workspace Workspace::copy() const {
    Workspace trial{options_, disk_};
    for (const auto& [path, document] : documents_) trial.open(path, document.text);
    return trial;
}

} // namespace watchword::desk
