#include "dsl/parsed_files.hpp"

namespace watchword::dsl {

Tree ParsedFiles::parse(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics) {
    const std::string& text = sources.file(file).text;
    if (const auto known = files_.find(file); known != files_.end() && known->second.text == text)
        return known->second.tree;
    const std::size_t before = diagnostics.all().size();
    Tree tree = dsl::parse(sources, file, diagnostics);
    if (diagnostics.all().size() == before) files_.insert_or_assign(file, Parsed{text, tree});
    return tree;
}

} // namespace watchword::dsl
