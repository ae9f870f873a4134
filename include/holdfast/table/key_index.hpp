// SPDX-License-Identifier: MIT
/// @file
/// Indexes: unique ones map a key to its row; others map a key to a ring of rows, linked by slot number.
#pragma once

#include <holdfast/table/key_map.hpp>
#include <holdfast/table/slot_rings.hpp>
#include <holdfast/table/slots.hpp>

namespace holdfast {

/// Whether two rows may have the same key.
enum class index_kind : std::uint8_t { unique, multiple };

/// A row in the ring of its key. Its number is kept, because reading it in the slot would wait for memory.
struct ring_place {
    void* slot = nullptr;
    std::uint32_t number = 0;
};

/// An index as code that does not know its key's type sees it. `parts` are addresses of the key's fields.
class index_base {
public:
    virtual ~index_base() = default;

    /// The slot that holds the key (for a non-unique index the first of its ring), or null.
    [[nodiscard]] virtual void* find(const void* const* parts) const noexcept = 0;
    /// As `find`, where the parts of optional fields are addresses of what they would contain.
    [[nodiscard]] virtual void* find_inner(const void* const* parts) const noexcept = 0;
    /// Makes sure that a `link` of the key in these parts allocates nothing, nor taking it back in a transaction of
    /// this number (0: there is none).
    virtual void prepare(const void* const* parts, std::uint32_t slot_number, std::uint64_t transaction) = 0;
    /// Makes sure that taking back an `unlink` of the slot allocates nothing. Only in a transaction.
    virtual void prepare_unlink(const void* slot, std::uint64_t transaction) = 0;
    /// Adds the slot under the key in its row. False when a unique key is there already: nothing changed.
    virtual bool link(void* slot) noexcept = 0;
    /// Adds many slots to an index that has room for them, in an order that is kind to the cache; rows of one
    /// key keep theirs. The first slot whose unique key is there already, or null.
    [[nodiscard]] virtual void* link_all(const std::vector<void*>& slots) = 0;
    virtual void unlink(void* slot) noexcept = 0;
    /// The row after this one in the ring of its key; the first again after the last.
    [[nodiscard]] virtual void* next(void* slot) const noexcept = 0;
    /// The hash of the key in the slot's row.
    [[nodiscard]] virtual std::uint64_t hash_of(const void* slot) const noexcept = 0;
    /// As `next`, where a walk that began at `first` goes by a key of this hash. Null: one of the two does not have that
    /// key any more.
    [[nodiscard]] virtual ring_place step(ring_place from, const void* first, std::uint64_t hash) const noexcept = 0;
    virtual void reserve(std::size_t rows) = 0;
    /// Called for each row that was linked in a transaction, once that is kept: it grows, which it could not before.
    virtual void catch_up() = 0;
};

/// The index over fields of these types. In a unique one a row with an empty optional in its key has no
/// entry, as in SQL: "none" is unequal to every other "none".
///
/// Cost: unique 12 to 24 bytes a row; otherwise 8 bytes a row and 12 to 24 bytes a distinct key.
template <class... Fields> class key_index final : public index_base {
public:
    using probe = key_probe<Fields...>;

    key_index(index_kind kind, const slot_store& slots, const detail::key_place<Fields...>& place)
        : kind_(kind), slots_(&slots), place_(place), map_(place) {}

    [[nodiscard, gnu::always_inline]] void* find(const probe& key) const noexcept { return map_.find(key); }

    [[nodiscard]] void* find(const void* const* parts) const noexcept override {
        const probe key(view(parts));
        return has_no_entry(key) ? nullptr : map_.find(key);
    }

    [[nodiscard]] void* find_inner(const void* const* parts) const noexcept override {
        const auto whole = [&]<std::size_t... I>(std::index_sequence<I...>) {
            return key_view<Fields...>(key_part<Fields>::of_inner(parts[I])...);
        }(std::index_sequence_for<Fields...>{});
        return map_.find(probe(whole));
    }

    void prepare(const void* const* parts, std::uint32_t slot_number, std::uint64_t transaction) override {
        if (kind_ == index_kind::multiple) rings_.grow(slot_number);
        map_.prepare(probe(view(parts)).hash, transaction);
    }
    void prepare_unlink(const void* slot, std::uint64_t transaction) override {
        map_.prepare(probe(place_.view(slot)).hash, transaction);
    }

    bool link(void* slot) noexcept override {
        const probe key(place_.view(slot));
        if (has_no_entry(key)) return true;
        if (kind_ == index_kind::unique) return map_.link(slot, key);
        const std::uint32_t number = slot_store::header(slot).number;
        void* first = map_.find(key);
        if (first == nullptr) {
            rings_.begin(number);
            return map_.link(slot, key);
        }
        rings_.add(number, slot_store::header(first).number);
        return true;
    }

    [[nodiscard]] void* link_all(const std::vector<void*>& slots) override {
        std::vector<std::uint32_t> starts(map_.parts() + 1);
        std::vector<std::uint32_t> homes;
        homes.reserve(slots.size());
        for (void* slot : slots) {
            homes.push_back(static_cast<std::uint32_t>(map_.part_of(probe(place_.view(slot)).hash)));
            ++starts[homes.back() + 1];
        }
        for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
        std::vector<void*> ordered(slots.size());
        for (std::size_t i = 0; i < slots.size(); ++i) ordered[starts[homes[i]]++] = slots[i];
        constexpr std::size_t ahead = 16;
        for (std::size_t i = 0; i < ordered.size(); ++i) {
            if (i + ahead < ordered.size()) __builtin_prefetch(ordered[i + ahead]);
            const probe key(place_.view(ordered[i]));
            if (kind_ == index_kind::multiple) rings_.grow(slot_store::header(ordered[i]).number);
            map_.prepare(key.hash, 0);
            if (!link(ordered[i])) return ordered[i];
        }
        return nullptr;
    }

    void unlink(void* slot) noexcept override {
        const probe key(place_.view(slot));
        if (has_no_entry(key)) return;
        if (kind_ == index_kind::unique) return map_.unlink(key);
        const std::uint32_t number = slot_store::header(slot).number;
        const std::uint32_t next = rings_.next(number);
        if (next == number) return map_.unlink(key);
        rings_.remove(number);
        if (map_.find(key) == slot) map_.replace(key, slots_->at(next));
    }

    [[nodiscard]] void* next(void* slot) const noexcept override {
        if (kind_ == index_kind::unique) return slot;
        return slots_->at(rings_.next(slot_store::header(slot).number));
    }

    [[nodiscard]] std::uint64_t hash_of(const void* slot) const noexcept override {
        return probe(place_.view(slot)).hash;
    }
    [[nodiscard]] ring_place step(ring_place from, const void* first, std::uint64_t hash) const noexcept override {
        if (!has_hash(from.slot, hash) || (from.slot != first && !has_hash(first, hash))) return {};
        if (kind_ == index_kind::unique) return from;
        const std::uint32_t next = rings_.next(from.number);
        __builtin_prefetch(slots_->at(rings_.next(next))); // the one behind it: so two rows are waited for at once
        return {slots_->at(next), next};
    }

    /// How many distinct keys there will be only a unique index knows; any other grows as they come.
    void reserve(std::size_t rows) override {
        if (kind_ == index_kind::unique)
            map_.reserve(rows);
        else if (rows != 0)
            rings_.grow(static_cast<std::uint32_t>(rows - 1));
    }

    void catch_up() override { map_.catch_up(); }

private:
    [[nodiscard]] static key_view<Fields...> view(const void* const* parts) noexcept {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return key_view<Fields...>(
                key_part<Fields>::of(*static_cast<const typename key_part<Fields>::field*>(parts[I]))...);
        }(std::index_sequence_for<Fields...>{});
    }

    [[nodiscard]] bool has_hash(const void* slot, std::uint64_t hash) const noexcept {
        return static_cast<const slot_header*>(slot)->alive() && hash_of(slot) == hash;
    }

    [[nodiscard]] bool has_no_entry(const probe& key) const noexcept {
        return kind_ == index_kind::unique &&
               std::apply([](const auto&... part) { return (key_part<Fields>::is_none(part) || ...); }, key.parts);
    }

    index_kind kind_;
    const slot_store* slots_;
    detail::key_place<Fields...> place_;
    key_map<Fields...> map_;
    slot_rings rings_;
};

} // namespace holdfast
