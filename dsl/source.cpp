// Bytes to lines and columns. Knows nothing of what the text means.
#include "dsl/source.hpp"

#include <algorithm>

namespace watchword::dsl {

namespace {

/// Continuation bytes of UTF-8 are no characters.
std::uint32_t count_characters(std::string_view text) {
    return static_cast<std::uint32_t>(std::count_if(
        text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

} // namespace

Sources::Index Sources::index_of(std::string_view text) {
    Index result{{0}, {0}};
    for (std::uint32_t offset = 0; offset < text.size(); ++offset)
        if (text[offset] == '\n') result.line_starts.push_back(offset + 1);
    for (std::size_t at = 0; at + block <= text.size(); at += block)
        result.characters.push_back(result.characters.back() + count_characters(text.substr(at, block)));
    return result;
}

std::uint32_t Sources::add(std::string name, std::string text, bool standard) {
    files_.push_back({std::move(name), std::move(text), standard});
    indices_.emplace_back();
    return size() - 1;
}

std::string_view Sources::text(Span span) const {
    const std::string_view all = files_[span.file].text;
    const std::size_t begin = std::min<std::size_t>(span.begin, all.size());
    const std::size_t end = std::clamp<std::size_t>(span.end, begin, all.size());
    return all.substr(begin, end - begin);
}

const Sources::Index& Sources::index(std::uint32_t file) const {
    Index& index = indices_[file];
    if (index.line_starts.empty()) index = index_of(files_[file].text);
    return index;
}

std::uint32_t Sources::characters_before(std::uint32_t file, std::uint32_t offset) const {
    const std::uint32_t start = offset / block * block;
    return index(file).characters[offset / block] +
           count_characters(std::string_view{files_[file].text}.substr(start, offset - start));
}

Position Sources::position(std::uint32_t file, std::uint32_t offset) const {
    const std::vector<std::uint32_t>& starts = index(file).line_starts;
    offset = std::min(offset, static_cast<std::uint32_t>(files_[file].text.size()));
    const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
    const std::uint32_t column = characters_before(file, offset) - characters_before(file, *std::prev(after)) + 1;
    return {static_cast<std::uint32_t>(after - starts.begin()), column};
}

std::string_view Sources::line(std::uint32_t file, std::uint32_t number) const {
    const std::vector<std::uint32_t>& starts = index(file).line_starts;
    if (number == 0 || number > starts.size()) return {};
    const std::string_view text = files_[file].text;
    const std::size_t begin = starts[number - 1];
    std::size_t end = number < starts.size() ? starts[number] - 1 : text.size();
    if (end > begin && text[end - 1] == '\r') --end;
    return text.substr(begin, end - begin);
}

} // namespace watchword::dsl
