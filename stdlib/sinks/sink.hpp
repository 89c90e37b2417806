// Where alerts go. A sink turns records into one output format; the formats themselves are functions, for hosts that
// have their own way out.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/program.hpp"
#include "stdlib/pseudonym.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace watchword::stdlib {

/// What every format needs. Views; the parts outlive it.
struct AlertContext {
    const runtime::Program& program;
    const Pseudonyms& pseudonyms;
    bool color = false; ///< of `table`
};

/// Appends one record with its line end. What the keys mean stands in docs/alerts.md.
void append_ndjson(std::string& out, const runtime::Alert& alert, const AlertContext& context);
/// A block for a reader on a terminal.
void append_table(std::string& out, const runtime::Alert& alert, const AlertContext& context);
/// An OCSF 1.3 Detection Finding (class_uid 2004), one JSON object a line. https://schema.ocsf.io/1.3.0/
void append_ocsf(std::string& out, const runtime::Alert& alert, const AlertContext& context);

using AlertFormat = void (*)(std::string& out, const runtime::Alert& alert, const AlertContext& context);
/// `ndjson`, `table`, `ocsf`; nullptr for other names.
AlertFormat find_format(std::string_view name);

/// The name, id and so on of an alert's policy; `risk` for the pseudo-policy.
std::string_view policy_name(const runtime::Alert& alert, const runtime::Program& program);

class Sink {
public:
    virtual ~Sink() = default;
    /// False if it could not be written: the run then stops, and `problem` says why.
    virtual bool write(const runtime::Alert& alert) = 0;
    virtual bool flush() = 0;
    /// Flushed, and on the disk where there is one.
    virtual bool sync() { return flush(); }
    virtual std::string problem() const = 0;
};

/// Writes one format to an open file, which it does not own.
class FileSink : public Sink {
public:
    FileSink(std::FILE* file, AlertFormat format, AlertContext context);
    bool write(const runtime::Alert& alert) override;
    bool flush() override;
    bool sync() override;
    std::string problem() const override { return problem_; }

private:
    bool pour();

    std::FILE* file_;
    AlertFormat format_;
    AlertContext context_;
    std::string buffer_;
    std::string problem_;
};

} // namespace watchword::stdlib
