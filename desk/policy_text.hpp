// The text that a program was compiled from, to be compiled again with one place of it changed. Reads no files: what
// was read once is kept.
#pragma once

#include "dsl/compiler.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::desk {

/// Bytes [begin, end) of a file become `text`.
struct Replacement {
    runtime::SourceSpan span;
    std::string text;
};

class PolicyText {
public:
    /// `sources` and `roots` as `dsl::compile` left them: with the modules that were used. `options` are those of the
    /// first compilation; what they point to must outlive this.
    PolicyText(const dsl::Sources& sources, std::vector<std::uint32_t> roots, dsl::CompilerOptions options);

    /// Verified, without tests; nullopt: it does not compile so. `parts`: to be recorded with conditions in parts.
    std::optional<runtime::Program> compile(const std::vector<Replacement>& replacements, bool parts = false) const;
    std::uint32_t files() const { return static_cast<std::uint32_t>(files_.size()); }
    const dsl::SourceFile& file(std::uint32_t index) const { return files_[index]; }
    std::string_view text(runtime::SourceSpan span) const;
    /// `leaver.watch:12`
    std::string place(runtime::SourceSpan span) const;

private:
    std::vector<dsl::SourceFile> files_;
    std::vector<std::string> without_tests_; ///< texts of the files, with blanks where tests stand
    std::vector<std::uint32_t> roots_;
    dsl::CompilerOptions options_;
    mutable dsl::ParsedFiles parsed_;
    /// Lists, tables, modules of one's own, by (name, asking file): read once.
    mutable std::map<std::pair<std::string, std::string>, std::optional<std::string>> read_;
};

} // namespace watchword::desk
