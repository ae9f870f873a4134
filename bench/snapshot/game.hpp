// SPDX-License-Identifier: MIT
/// @file
/// The same game for every strategy: so many updates a tick, an image every so many ticks, and what that costs.
#pragma once

#include "snapshot/writer.hpp"
#include "support/timing.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

namespace bench {

enum class pattern : std::uint8_t { uniform, hot, zipf };

struct game_plan {
    std::size_t rows = 1'000'000;
    std::size_t updates = 16'000; ///< A tick.
    pattern picks = pattern::uniform;
    int ticks = 90;
    int image_every = 30;              ///< Ticks.
    std::int64_t tick_ns = 10'000'000; ///< From the beginning of one to that of the next, when it is done by then.
    std::int64_t writer_row_ns = 0;    ///< What the writer takes over a row besides.
    bool lie = false;                  ///< The images lack a row.
};

/// Row numbers as the updates meet them, made before the game so that drawing them costs nothing.
[[nodiscard]] inline std::vector<row_number> draw_rows(const game_plan& of, std::uint64_t seed) {
    const auto ticks = static_cast<std::size_t>(of.ticks + 3 * of.image_every); // those before and after among them
    const std::size_t count = std::min<std::size_t>(of.updates * ticks, 4'000'000);
    std::mt19937_64 random(seed);
    std::vector<row_number> made(count);
    const auto any = [&](std::size_t below) { return static_cast<row_number>(random() % below); };
    // Gray et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994, section 3: Zipf, exponent 0.99
    constexpr double theta = 0.99;
    const auto n = static_cast<double>(of.rows);
    double zeta = 0;
    if (of.picks == pattern::zipf)
        for (std::size_t k = 1; k <= of.rows; ++k) zeta += std::pow(1.0 / static_cast<double>(k), theta);
    const double eta = (1 - std::pow(2.0 / n, 1 - theta)) / (1 - (1 + std::pow(0.5, theta)) / zeta);
    for (row_number& one : made) {
        switch (of.picks) {
        case pattern::uniform: one = any(of.rows); break;
        case pattern::hot: one = any(random() % 10 != 0 ? std::max<std::size_t>(of.rows / 20, 1) : of.rows); break;
        case pattern::zipf: {
            const double u = std::uniform_real_distribution<>(0, 1)(random);
            const double rank = u * zeta < 1 ? 0
                                : u * zeta < 1 + std::pow(0.5, theta)
                                    ? 1
                                    : n * std::pow(eta * u - eta + 1, 1 / (1 - theta));
            const auto scattered = static_cast<std::uint64_t>(rank) * 0x9e3779b97f4a7c15u; // no neighbours
            one = static_cast<row_number>(scattered % of.rows);
            break;
        }
        }
    }
    return made;
}

/// What one game of one strategy has cost.
struct game_costs {
    double update_ns = 0;     ///< Processor time.
    double longest_pause = 0; ///< The longest end of a tick, in microseconds of the wall's clock.
    double tick_p50 = 0;      ///< Milliseconds of processor time,
    double tick_p99 = 0;
    double tick_wall_p99 = 0; ///< and of the wall's.
    double game_cpu = 0;      ///< Milliseconds of processor time a tick, on average.
    double writer_cpu = 0;    ///< The same of the writer, an image.
    double image_ms = 0;      ///< From its moment until it is whole, the median.
    double extra_mb = 0;
    double images = 0;
    double skipped = 0; ///< Images that were due while one was being made.
};

/// One strategy plays. The last image is compared with the rows.
template <class Strategy> class game {
public:
    using row = typename Strategy::row;

    explicit game(const game_plan& plan)
        : plan_(plan), of_(made_for(plan)), to_(plan.rows, writes_itself<Strategy> ? 0 : plan.writer_row_ns),
          writer_(of_, to_) {}

    [[nodiscard]] game_costs play(const std::vector<row_number>& rows) {
        if (plan_.lie) to_.lose(rows.front());
        std::size_t next = 0;
        std::int64_t due = read_ns();
        for (int tick = 0; tick < 2 * plan_.image_every;
             ++tick, due += plan_.tick_ns) { // memory is met for the first time
            sleep_until(due);
            one_tick(tick % plan_.image_every == 0, rows, next);
        }
        for (; begun_at_ns_ != 0; due += plan_.tick_ns) { // none is under way when the costs begin
            sleep_until(due);
            one_tick(false, rows, next);
        }
        forget_costs();
        last_tick_ = ticks_ + static_cast<std::size_t>(plan_.ticks);
        for (int tick = 0; tick < plan_.ticks; ++tick, due += plan_.tick_ns) {
            sleep_until(due);
            one_tick(tick % plan_.image_every == 0, rows, next);
        }
        for (; begun_at_ns_ != 0; due += plan_.tick_ns) { // the last one is not whole yet
            sleep_until(due);
            one_tick(false, rows, next);
        }
        check_last(rows, next);
        return costs();
    }

private:
    [[nodiscard]] static Strategy made_for(const game_plan& plan) {
        if constexpr (std::is_constructible_v<Strategy, std::size_t, game_pace>)
            return Strategy(plan.rows, {.ticks = plan.image_every * 2 / 3, .writer_row_ns = plan.writer_row_ns});
        else
            return Strategy(plan.rows);
    }
    void one_tick(bool image_is_due, const std::vector<row_number>& rows, std::size_t& next) {
        look_whether_done();
        ++ticks_;
        const std::int64_t wall = read_ns(), begun = read_ns(CLOCK_THREAD_CPUTIME_ID);
        update(rows, next);
        const std::int64_t updated = read_ns(CLOCK_THREAD_CPUTIME_ID), before_pause = read_ns();
        const bool begin = image_is_due && begun_at_ns_ == 0;
        skipped_ += image_is_due && !begin ? 1 : 0;
        if (begin) sum_then_ = sum_of_updates(rows);
        const bool ready = of_.end_tick(begin);
        const std::int64_t after_pause = read_ns();
        if (begin && !std::is_same_v<Strategy, no_snapshot<row>>) begun_at_ns_ = before_pause;
        if (ready) writer_.start(), started_ = true;
        const std::int64_t ended = read_ns(CLOCK_THREAD_CPUTIME_ID);
        if (ticks_ > last_tick_) return; // only the last image is waited for
        updates_ns_.push_back(static_cast<double>(updated - begun) / static_cast<double>(plan_.updates));
        pauses_us_.push_back(static_cast<double>(after_pause - before_pause) / 1e3);
        ticks_ms_.push_back(static_cast<double>(ended - begun) / 1e6);
        walls_ms_.push_back(static_cast<double>(read_ns() - wall) / 1e6);
    }
    void forget_costs() {
        for (auto* all : {&updates_ns_, &pauses_us_, &ticks_ms_, &walls_ms_, &images_ms_, &writer_ms_}) all->clear();
        skipped_ = 0;
    }
    void update(const std::vector<row_number>& rows, std::size_t& next) {
        for (std::size_t k = 0; k < plan_.updates; ++k) {
            of_.add(rows[next], 2 + (next & 1), next + 1);
            if (++next == rows.size()) next = 0;
        }
    }
    void look_whether_done() {
        if (!started_ || !writer_.idle()) return;
        writer_.wait();
        images_ms_.push_back(static_cast<double>(writer_.done_at_ns() - begun_at_ns_) / 1e6);
        writer_ms_.push_back(static_cast<double>(writer_.take_processor_ns()) / 1e6);
        if (last_tick_ == SIZE_MAX) check_sum_of_image();
        started_ = false;
        begun_at_ns_ = 0;
    }
    /// An image after the last tick, while the game does nothing.
    void check_last(const std::vector<row_number>& rows, std::size_t next) {
        if constexpr (!std::is_same_v<Strategy, no_snapshot<row>>) {
            for (bool ready = of_.end_tick(true); !ready;) ready = of_.end_tick(false);
            writer_.start();
            writer_.wait();
            std::size_t wrong = 0;
            for (row_number i = 0; i < plan_.rows; ++i) wrong += to_.rows()[i] == of_.read(i) ? 0 : 1;
            require_equal(wrong, std::size_t{0},
                          std::string(Strategy::name) + ": rows of the last image that are wrong");
        }
        std::uint64_t sum = 0;
        for (row_number i = 0; i < plan_.rows; ++i) sum += of_.read(i).word[2] + of_.read(i).word[3];
        require_equal(next, ticks_ * plan_.updates % rows.size(), "updates");
        require_equal(sum, sum_of_updates(rows), std::string(Strategy::name) + ": the sum of what was added");
    }
    /// All that was added so far: update number k of a round through the drawn rows adds k + 1.
    [[nodiscard]] std::uint64_t sum_of_updates(const std::vector<row_number>& rows) const {
        const std::uint64_t count = ticks_ * plan_.updates, round = rows.size(), rest = count % round;
        return count / round * (round * (round + 1) / 2) + rest * (rest + 1) / 2;
    }
    /// An image that was made while the game went on, before the costs are counted.
    void check_sum_of_image() const {
        std::uint64_t sum = 0;
        for (const row& one : to_.rows()) sum += one.word[2] + one.word[3];
        require_equal(sum, sum_then_, std::string(Strategy::name) + ": the sum of an image");
    }
    [[nodiscard]] game_costs costs() const {
        game_costs is;
        is.update_ns = mean(updates_ns_);
        is.longest_pause = quantile(pauses_us_, 1);
        is.tick_p50 = median(ticks_ms_);
        is.tick_p99 = quantile(ticks_ms_, 0.99);
        is.tick_wall_p99 = quantile(walls_ms_, 0.99);
        is.game_cpu = mean(ticks_ms_);
        is.images = static_cast<double>(images_ms_.size());
        is.writer_cpu = mean(writer_ms_);
        is.image_ms = median(images_ms_);
        is.extra_mb = static_cast<double>(of_.extra_bytes()) / 1e6;
        is.skipped = skipped_;
        return is;
    }
    [[nodiscard]] static double mean(const std::vector<double>& all) {
        double sum = 0;
        for (const double one : all) sum += one;
        return all.empty() ? 0 : sum / static_cast<double>(all.size());
    }

    game_plan plan_;
    Strategy of_;
    image_file<row> to_;
    image_writer<Strategy> writer_;
    std::int64_t begun_at_ns_ = 0; ///< The image that is being made; 0: none.
    bool started_ = false;         ///< The writer has it.
    int skipped_ = 0;
    std::size_t ticks_ = 0;            ///< That were played, those before the costs were counted among them.
    std::size_t last_tick_ = SIZE_MAX; ///< Of those that count; known once memory has been met.
    std::uint64_t sum_then_ = 0;       ///< What the image that is being made must add up to.
    std::vector<double> updates_ns_, pauses_us_, ticks_ms_, walls_ms_, images_ms_, writer_ms_;
};

/// So many games of each strategy, in turns. The median of each figure.
[[nodiscard]] inline game_costs median_of(const std::vector<game_costs>& all) {
    game_costs made;
    for (double game_costs::*one :
         {&game_costs::update_ns, &game_costs::longest_pause, &game_costs::tick_p50, &game_costs::tick_p99,
          &game_costs::tick_wall_p99, &game_costs::game_cpu, &game_costs::writer_cpu, &game_costs::image_ms,
          &game_costs::extra_mb, &game_costs::images, &game_costs::skipped}) {
        std::vector<double> values;
        for (const game_costs& is : all) values.push_back(is.*one);
        made.*one = median(values);
    }
    return made;
}

} // namespace bench
