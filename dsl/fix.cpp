#include "dsl/fix.hpp"

#include <algorithm>
#include <vector>

namespace watchword::dsl {

namespace {

bool overlaps(const Span& left, const Span& right) {
    return left.file == right.file && left.begin <= right.end && right.begin <= left.end;
}

} // namespace

std::map<std::uint32_t, FixedFile> apply_fixes(const Diagnostics& diagnostics, const Sources& sources) {
    std::vector<Edit> edits;
    std::map<std::uint32_t, FixedFile> files;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
        const bool usable = std::ranges::none_of(diagnostic.fix, [&](const Edit& edit) {
            return sources.file(edit.span.file).standard ||
                   std::ranges::any_of(edits, [&](const Edit& made) { return overlaps(made.span, edit.span); });
        });
        if (diagnostic.fix.empty() || !usable) continue;
        edits.insert(edits.end(), diagnostic.fix.begin(), diagnostic.fix.end());
        ++files[diagnostic.fix.front().span.file].fixes;
    }
    // from the end, so that places before stay where they are
    std::ranges::sort(edits, [](const Edit& left, const Edit& right) { return left.span.begin > right.span.begin; });
    for (const Edit& edit : edits) {
        FixedFile& file = files[edit.span.file];
        if (file.text.empty()) file.text = sources.file(edit.span.file).text;
        file.text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
    }
    return files;
}

} // namespace watchword::dsl
