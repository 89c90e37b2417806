// Bundles: policies with every file that they name, as one file, to be taken elsewhere and run as they were checked.
// Draws the format. Knows texts and names only; what is compiled from them, and where they lie, is for others to know.
//
//   watchword bundle 1
//   version 0.1.0
//   program 0123456789abcdef0123456789abcdef
//   policy 1234 policies/leaver.watch          then 1234 bytes and a new line
//   file 88 policies/approved.txt              then 88 bytes and a new line
//   standard it1003
//   checksum 0123456789abcdef
//
// It holds texts and not code: whoever is to run it can read it, no byte of it is trusted, and a thousand policies
// compile in less time than a process takes to be noticed (bench/RESULTS.md).
#pragma once

#include "dsl/compiler.hpp"
#include "dsl/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::dsl {

enum class BundledKind : std::uint8_t {
    policy,   ///< a policy file of the user's
    file,     ///< a list, table, calendar, baseline or module that one of them names
    standard, ///< a standard module by its name alone, which had been named like a policy file
};

struct BundledFile {
    BundledKind kind = BundledKind::policy;
    std::string name; ///< as it was named, relative or absolute; one line
    std::string text;
};

struct Bundle {
    std::string version; ///< of Watchword when it was made
    std::string program; ///< what it compiled to then: a digest, 32 hexadecimal digits
    std::vector<BundledFile> files;
};

/// The files of bundles, for whoever compiles them: as if each bundle were a folder.
class BundledFiles {
public:
    /// As the file is called that lies in the bundle at `path`.
    static std::string path_of(std::string_view path, std::string_view name);

    void add(const std::string& path, const Bundle& bundle);
    void add(const BundledFiles& others);
    /// Whether a file that is called so lies in one of them.
    bool hold(std::string_view file) const;
    /// The file that `from`, one of them, names; what lies in a bundle names nothing outside it.
    std::optional<std::string> read(std::string_view name, std::string_view from) const;

private:
    std::vector<std::string> folders_; ///< paths of bundles, with a `/`
    std::map<std::string, std::string> texts_;
};

/// Adds a policy file to what is compiled; the same one twice is once.
void add_root(std::string name, std::string_view text, bool standard, Sources& sources,
              std::vector<std::uint32_t>& roots);
/// Adds the policies of a bundle, and its files to `bundled`. A sentence: a module that it names is none of `modules`.
std::string add_bundle(const std::string& path, const Bundle& bundle, std::span<const StandardModule> modules,
                       Sources& sources, std::vector<std::uint32_t>& roots, BundledFiles& bundled);

/// Whether the bytes are meant as a bundle, by their first line.
bool is_bundle(std::string_view bytes);
/// Names have no line ends.
std::string write_bundle(const Bundle& bundle);
/// nullopt: `problem` says in one sentence what is wrong (cut off, damaged, another format).
std::optional<Bundle> read_bundle(std::string_view bytes, std::string& problem);

} // namespace watchword::dsl
