// Bytes to lines and columns. Knows nothing of what the text means.
#include "dsl/source.hpp"

#include <algorithm>

namespace watchword::dsl {

namespace {

std::vector<std::uint32_t> starts_of_lines(std::string_view text) {
    std::vector<std::uint32_t> starts{0};
    for (std::uint32_t offset = 0; offset < text.size(); ++offset)
        if (text[offset] == '\n') starts.push_back(offset + 1);
    return starts;
}

} // namespace

std::uint32_t Sources::add(std::string name, std::string text, bool standard) {
    files_.push_back({std::move(name), std::move(text), standard});
    line_starts_.emplace_back();
    return size() - 1;
}

std::string_view Sources::text(Span span) const {
    const std::string_view all = files_[span.file].text;
    const std::size_t begin = std::min<std::size_t>(span.begin, all.size());
    const std::size_t end = std::clamp<std::size_t>(span.end, begin, all.size());
    return all.substr(begin, end - begin);
}

const std::vector<std::uint32_t>& Sources::lines_of(std::uint32_t file) const {
    std::vector<std::uint32_t>& starts = line_starts_[file];
    if (starts.empty()) starts = starts_of_lines(files_[file].text);
    return starts;
}

Position Sources::position(std::uint32_t file, std::uint32_t offset) const {
    const std::vector<std::uint32_t>& starts = lines_of(file);
    const std::string_view text = files_[file].text;
    offset = std::min(offset, static_cast<std::uint32_t>(text.size()));
    const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
    const std::uint32_t start = *std::prev(after);
    std::uint32_t column = 1;
    for (std::uint32_t at = start; at < offset; ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) ++column; // continuation bytes are no characters
    return {static_cast<std::uint32_t>(after - starts.begin()), column};
}

std::string_view Sources::line(std::uint32_t file, std::uint32_t number) const {
    const std::vector<std::uint32_t>& starts = lines_of(file);
    if (number == 0 || number > starts.size()) return {};
    const std::string_view text = files_[file].text;
    const std::size_t begin = starts[number - 1];
    std::size_t end = number < starts.size() ? starts[number] - 1 : text.size();
    if (end > begin && text[end - 1] == '\r') --end;
    return text.substr(begin, end - begin);
}

} // namespace watchword::dsl
