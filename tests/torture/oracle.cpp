// SPDX-License-Identifier: MIT
/// @file
/// What a store must be after each tick.
#include "oracle.hpp"

namespace torture {

namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

void require_invariants(const model& of, const std::string& where) {
    const std::vector<std::string> broken = broken_invariants(of);
    if (broken.empty()) return;
    std::string text = where + ":";
    for (std::size_t i = 0; i < broken.size() && i < 6; ++i) text += "\n    " + broken[i];
    throw finding(finding::kind::broken, text);
}

} // namespace

void oracle::hear(std::string_view said) {
    for (;;) {
        const std::string_view one = message_reader::cut_message(said);
        if (one.empty()) return;
        message_reader message(one);
        const auto what = static_cast<told>(message.number());
        (void)message.number(); // its length
        if (what == told::opened) {
            hear_opened(read_opened(message));
        } else if (what == told::will) {
            const std::uint64_t tick = message.number();
            if (tick != last() + 1)
                throw finding(finding::kind::failure,
                              "the server goes on with tick " + number(tick) + " after tick " + number(last()));
            pending_.emplace(static_cast<std::size_t>(message.number()));
            for (std::int64_t& id : *pending_) message.get(id);
            closed_ = false;
        } else if (what == told::committed) {
            advance();
            reported_ = message.number();
            safe_ = std::max(safe_, message.number());
            ++counted_.ticks_reported;
        } else if (what == told::closed) {
            if (message.number() != last())
                throw finding(finding::kind::failure, "close reports another tick than the last one as saved");
            closed_ = true;
        } else {
            std::string why;
            message.get(why);
            throw finding(finding::kind::failure, "the server fails after tick " + number(last()) + ": " + why);
        }
    }
}

opened_world read_opened(message_reader message) {
    opened_world found;
    for (std::uint64_t* one : {&found.committed, &found.recovered_from, &found.from_ring, &found.lost_from})
        message.get(*one);
    try {
        model::each_shelf(found.memory, [&](auto& one) { message.get(one); });
    } catch (const std::exception& why) {
        throw finding(finding::kind::broken, std::string("the recovered world: ") + why.what());
    }
    return found;
}

void oracle::hear_opened(const opened_world& found) {
    if (found.committed < safe_)
        throw finding(finding::kind::loss, "tick " + number(safe_) +
                                               " was reported and safe; the store has come back at " +
                                               number(found.committed));
    if (found.committed > last() + (pending_ ? 1 : 0))
        throw finding(finding::kind::broken, "the store has come back at tick " + number(found.committed) +
                                                 ", which nobody played; the last one was " + number(last()));
    if (found.committed > last()) {
        advance();
        ++counted_.kept_ahead;
    }
    if (found.committed < last()) {
        counted_.held_lost += last() - found.committed;
        rewind(found.committed);
    }
    counted_.ticks_checked += last() - base_tick_;
    counted_.from_ring += found.from_ring;
    ++counted_.opens;
    const std::string where = "the world recovered at tick " + number(last());
    require_invariants(found.memory, where);
    if (found.memory.digest() != now_.digest())
        throw finding(finding::kind::broken, where + " is not that of the oracle:" + differences(now_, found.memory));
    settle();
}

void oracle::advance() {
    if (!pending_) return;
    tick_entry entry;
    entry.ids = std::move(*pending_);
    pending_.reset();
    try {
        entry.tables = apply_tick(now_, from_, last() + 1, entry.ids);
    } catch (const std::exception& why) {
        throw finding(finding::kind::broken, "tick " + number(last() + 1) + ": " + why.what());
    }
    for (std::size_t i = 0; i < entry.ids.size(); ++i)
        if (!used_ids_[entry.tables[i]].insert(entry.ids[i]).second)
            throw finding(finding::kind::broken, "tick " + number(last() + 1) + " gives the id " +
                                                     std::to_string(entry.ids[i]) + " of " +
                                                     std::string(entry.tables[i]) + " a second time");
    entry.file_digest = now_.file_digest();
    ticks_.push_back(std::move(entry));
}

void oracle::rewind(std::uint64_t to) {
    while (last() > to) {
        const tick_entry& gone = ticks_.back();
        for (std::size_t i = 0; i < gone.ids.size(); ++i) used_ids_[gone.tables[i]].erase(gone.ids[i]);
        ticks_.pop_back();
    }
    now_ = base_;
    for (std::size_t i = 0; i < ticks_.size(); ++i) (void)apply_tick(now_, from_, base_tick_ + 1 + i, ticks_[i].ids);
}

void oracle::settle() {
    base_tick_ = last();
    ticks_.clear();
    base_ = now_;
    pending_.reset();
    reported_ = safe_ = base_tick_;
    was_opened_ = true;
    closed_ = false;
}

void oracle::check_file(std::uint64_t applied, bool clean, const model& found) {
    ++counted_.files;
    const std::string where = "SQLite's file, applied up to tick " + number(applied);
    if (applied < base_tick_ || applied > last() + (pending_ ? 1 : 0))
        throw finding(finding::kind::broken, where + ": must be at " + number(base_tick_) + " to " + number(last()));
    if (closed_ && (applied != last() || !clean))
        throw finding(finding::kind::broken, where + ": was closed at tick " + number(last()));
    if (clean && !closed_ && applied != last())
        throw finding(finding::kind::broken, where + ": says that it has everything, and was not closed");
    require_invariants(found, where);
    if (applied == base_tick_
            ? found.file_digest() == base_.file_digest()
            : applied <= last() && found.file_digest() == ticks_[applied - base_tick_ - 1].file_digest)
        return;
    model expected = base_;
    for (std::uint64_t tick = base_tick_ + 1; tick <= applied; ++tick)
        (void)apply_tick(expected, from_, tick, tick > last() ? *pending_ : ticks_[tick - base_tick_ - 1].ids);
    if (expected.file_digest() != found.file_digest())
        throw finding(finding::kind::broken, where + " is not the oracle's:" + differences(expected, found));
}

} // namespace torture
