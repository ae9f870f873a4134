// SPDX-License-Identifier: MIT
/// @file
/// What was measured: a table on stdout, and JSON lines in a file.
#pragma once

#include "support/timing.hpp"

#include <cmath>
#include <cstdio>
#include <optional>

namespace bench {

/// What a figure must not pass. `ratio` is ours / theirs, `more` ours - theirs, `ours` our figure alone.
struct budget {
    enum class of : unsigned char { nothing, ratio, more, ours };
    of what = of::nothing;
    bool at_least = false;
    double limit = 0;

    [[nodiscard]] static budget ratio(double most) { return {of::ratio, false, most}; }
    [[nodiscard]] static budget ratio_at_least(double least) { return {of::ratio, true, least}; }
    [[nodiscard]] static budget more(double most) { return {of::more, false, most}; }
    [[nodiscard]] static budget ours(double most) { return {of::ours, false, most}; }
};

struct measurement {
    std::string name;
    std::string unit;
    double ours = 0;
    std::optional<double> theirs{};
    double ratio = 0;      ///< The median of the rounds' ratios; 0: there is no other side.
    double ratio_low = 0;  ///< First quartile of the rounds.
    double ratio_high = 0; ///< Third quartile.
    budget limit{};

    [[nodiscard]] double judged() const {
        switch (limit.what) {
        case budget::of::ratio: return ratio;
        case budget::of::more: return ours - theirs.value_or(0);
        case budget::of::ours:
        case budget::of::nothing: break;
        }
        return ours;
    }
    [[nodiscard]] bool met() const { return limit.at_least ? judged() >= limit.limit : judged() <= limit.limit; }
};

/// A measurement of both sides, from their rounds.
[[nodiscard]] inline measurement compare(std::string name, std::string unit, const rounds& both, budget limit = {}) {
    const std::vector<double> ratios = both.ratios();
    return {std::move(name), std::move(unit),        median(both.ours),      median(both.theirs),
            median(ratios),  quantile(ratios, 0.25), quantile(ratios, 0.75), limit};
}

/// One figure of several sides; a side that has none is left empty.
struct sides_row {
    std::string name;
    std::string unit;
    std::vector<std::optional<double>> figures{};
};

/// Prints and keeps measurements. Threads: one.
class report {
public:
    /// @param json_path  Where the JSON lines go; empty: nowhere.
    explicit report(const std::string& json_path) {
        if (json_path.empty()) return;
        json_ = std::fopen(json_path.c_str(), "w");
        if (json_ == nullptr) throw std::runtime_error("cannot write " + json_path);
    }
    report(const report&) = delete;
    report& operator=(const report&) = delete;
    ~report() {
        if (json_ != nullptr) std::fclose(json_);
    }

    void section(const std::string& title) {
        section_ = title;
        std::printf("\n%s\n%-44s %10s %10s %-6s %7s %15s  %-16s\n", title.c_str(), "", "ours", "theirs", "", "ratio",
                    "quartiles", "budget");
    }

    void add(const measurement& m) {
        const std::string limit = words(m);
        const bool judged = m.limit.what != budget::of::nothing;
        missed_ += judged && !m.met() ? 1 : 0;
        std::printf("%-44s %10s %10s %-6s %7s %15s  %-16s %s\n", m.name.c_str(), number(m.ours).c_str(),
                    m.theirs ? number(*m.theirs).c_str() : "-", m.unit.c_str(),
                    m.ratio > 0 ? number(m.ratio).c_str() : "-",
                    m.ratio > 0 ? (number(m.ratio_low) + " " + number(m.ratio_high)).c_str() : "", limit.c_str(),
                    !judged   ? ""
                    : m.met() ? "met"
                              : "NOT MET");
        std::fflush(stdout);
        if (json_ == nullptr) return;
        std::fprintf(
            json_,
            R"({"section":"%s","name":"%s","unit":"%s","ours":%.6g,"theirs":%s,"ratio":%s,"spread":[%.4g,%.4g],)"
            R"("budget":%s,"met":%s})"
            "\n",
            section_.c_str(), m.name.c_str(), m.unit.c_str(), m.ours, m.theirs ? number(*m.theirs).c_str() : "null",
            m.ratio > 0 ? number(m.ratio).c_str() : "null", m.ratio_low, m.ratio_high,
            judged ? ("\"" + limit + "\"").c_str() : "null",
            !judged   ? "null"
            : m.met() ? "true"
                      : "false");
        std::fflush(json_);
    }

    /// A table with a column for each side: the names of the sides, then `add_sides` of rows.
    void section(const std::string& title, std::vector<std::string> sides) {
        section_ = title;
        sides_ = std::move(sides);
        std::printf("\n%s\n%-36s %-6s", title.c_str(), "", "");
        for (const std::string& one : sides_) std::printf(" %13s", one.c_str());
        std::printf("\n");
    }
    void add_sides(const sides_row& row) {
        std::printf("%-36s %-6s", row.name.c_str(), row.unit.c_str());
        for (const auto& one : row.figures) std::printf(" %13s", one ? number(*one).c_str() : "-");
        std::printf("\n");
        std::fflush(stdout);
        if (json_ == nullptr) return;
        std::fprintf(json_, R"({"section":"%s","name":"%s","unit":"%s","sides":{)", section_.c_str(), row.name.c_str(),
                     row.unit.c_str());
        for (std::size_t i = 0; i < row.figures.size(); ++i)
            std::fprintf(json_, R"(%s"%s":%s)", i == 0 ? "" : ",", sides_[i].c_str(),
                         row.figures[i] ? number(*row.figures[i]).c_str() : "null");
        std::fprintf(json_, "}}\n");
        std::fflush(json_);
    }

    /// How many budgets were not met.
    [[nodiscard]] int missed() const noexcept { return missed_; }

private:
    /// Three or four digits that say something.
    [[nodiscard]] static std::string number(double value) {
        char text[32];
        const double size = std::fabs(value);
        std::snprintf(text, sizeof(text),
                      size >= 100   ? "%.0f"
                      : size >= 10  ? "%.1f"
                      : size >= 0.1 ? "%.2f"
                                    : "%.4f",
                      value);
        return text;
    }
    [[nodiscard]] static std::string words(const measurement& m) {
        const std::string limit = (m.limit.at_least ? ">= " : "<= ") + number(m.limit.limit);
        switch (m.limit.what) {
        case budget::of::nothing: return "";
        case budget::of::ratio: return limit;
        case budget::of::more: return limit + " " + m.unit + " more";
        case budget::of::ours: break;
        }
        return limit + " " + m.unit;
    }

    std::FILE* json_ = nullptr;
    int missed_ = 0;
    std::string section_{};
    std::vector<std::string> sides_{};
};

} // namespace bench
