// Words for what cannot be read: what was expected, what stands there, what was being read, how it is written right.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/syntax_scan.hpp"
#include "dsl/syntax_tree.hpp"

#include <string>
#include <string_view>

namespace watchword::dsl {

struct SyntaxContext;

class SyntaxReport {
public:
    SyntaxReport(const Sources& sources, std::uint32_t file, const Scan& scan, Diagnostics& diagnostics);

    /// Whether the file is in UTF-16, of which every second byte would be wrong.
    bool utf16();
    /// What the pass over the bytes found.
    void wrong_bytes();
    /// The declaration that begins at `start` cannot be read.
    void failure(const SyntaxFailure& failure, std::uint32_t start);
    /// No declaration begins at `offset`.
    void no_declaration(std::uint32_t offset);
    /// What stands at `offset` belongs neither to the declaration of this kind before it, nor begins one.
    void unexpected(std::uint32_t offset, NodeKind declaration, std::uint32_t start);

private:
    struct Found {
        Span span;
        std::string shown; ///< `` `removeable` `` or `the end of the file`
        std::string_view text;
    };
    Found found_at(std::uint32_t offset) const;
    Span end_before(std::uint32_t offset) const;
    bool begins_declaration(const Found& found) const;
    bool is_reported(std::uint32_t offset) const;
    bool foreign(const Found& found, const Awaited& awaited);
    bool bare_text(const Found& found);
    std::string_view called_before(std::uint32_t offset) const;
    std::string_view advice_at(const SyntaxContext& context, const Found& found, std::uint32_t start) const;
    std::string_view begun_by(std::string_view words, std::uint32_t start, std::uint32_t offset) const;
    bool foreign_comment(std::uint32_t offset);
    bool advise_on_number(const Found& found, const Awaited& awaited, Diagnostic& problem) const;
    bool is_behind(std::uint32_t offset, std::string_view word) const;
    bool takes_points(std::uint32_t offset) const;
    bool unclosed(const Found& found, std::uint32_t start);
    bool of_its_own(const SyntaxFailure& failure);
    void unknown_unit(std::uint32_t offset);

    std::uint32_t file_;
    std::string_view text_;
    const Scan& scan_;
    Diagnostics& diagnostics_;
};

} // namespace watchword::dsl
