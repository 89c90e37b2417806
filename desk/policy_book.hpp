// The policy files of a session and what was declared since: texts, in which declarations are added and replaced, and
// the program they make. Knows neither events nor how anything is shown.
#pragma once

#include "dsl/compiler.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::desk {

/// The book's texts compiled, with a piece of text at the end of the current file.
struct Compiled {
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    std::optional<dsl::Model> model;         ///< good if there are no errors
    std::optional<runtime::Program> program; ///< verified
    std::vector<std::uint32_t> roots;
    bool fine() const { return program.has_value(); }
};

class PolicyBook {
public:
    /// `options` as for the compiler; what they point to must outlive the book.
    explicit PolicyBook(dsl::CompilerOptions options);

    /// A file of the session; of a known name: its new text. It is the current one from now on.
    void put(const std::string& name, std::string text);
    struct File {
        std::string name;
        std::string text;
        bool entered = false; ///< what was declared in the session differs from the file
    };
    const std::vector<File>& files() const { return files_; }
    const File& current() const { return files_[current_]; }
    bool is_loaded() const { return files_.front().name != scratch_name; }
    /// To go back to.
    using State = std::pair<std::vector<File>, std::size_t>;
    State state() const { return {files_, current_}; }
    void restore(State state);

    /// Adds the declarations of the text, or puts each in the place of the one of its kind and name; what they are
    /// called, such as `signal UsbCopy`. Empty: the text cannot be read as declarations, and nothing has changed.
    std::vector<std::string> declare(std::string_view text);
    /// Replaces a stretch of a file by other text.
    void replace(const std::string& file, std::uint32_t begin, std::uint32_t end, std::string_view text);
    /// `parts`: to be recorded with conditions in parts.
    std::unique_ptr<Compiled> compile(std::string_view extra = {}, bool parts = false) const;

    static constexpr std::string_view scratch_name = "session";

private:
    dsl::CompilerOptions options_;
    std::vector<File> files_;
    std::size_t current_ = 0;
};

/// `signal UsbCopy`, `list approved`, `risk`: how a declaration is spoken of.
std::string title_of(const dsl::Declaration& declaration);

} // namespace watchword::desk
