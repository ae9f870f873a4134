// SPDX-License-Identifier: MIT
/// @file
/// Ordered indexes: rows in the order of a key, walked forwards and backwards from any value to any other.
#pragma once

#include <holdfast/table/key_index.hpp>

#include <boost/intrusive/rbtree_algorithms.hpp>

namespace holdfast {
namespace detail {

/// A node of a red-black tree that stands apart from its row. Whether it is black is kept in the last bit of `parent`.
struct order_node {
    std::uintptr_t parent_and_color = 0;
    order_node* left = nullptr;
    order_node* right = nullptr;
    void* slot = nullptr;
};

/// What Boost.Intrusive asks of a tree's nodes.
struct order_traits {
    using node = order_node;
    using node_ptr = order_node*;
    using const_node_ptr = const order_node*;
    using color = std::uintptr_t;
    static node_ptr get_parent(const_node_ptr of) noexcept {
        return reinterpret_cast<node_ptr>(of->parent_and_color & ~color{1});
    }
    static void set_parent(node_ptr of, node_ptr parent) noexcept {
        of->parent_and_color = reinterpret_cast<color>(parent) | (of->parent_and_color & 1);
    }
    static node_ptr get_left(const_node_ptr of) noexcept { return of->left; }
    static void set_left(node_ptr of, node_ptr left) noexcept { of->left = left; }
    static node_ptr get_right(const_node_ptr of) noexcept { return of->right; }
    static void set_right(node_ptr of, node_ptr right) noexcept { of->right = right; }
    static color get_color(const_node_ptr of) noexcept { return of->parent_and_color & 1; }
    static void set_color(node_ptr of, color to) noexcept {
        of->parent_and_color = (of->parent_and_color & ~color{1}) | to;
    }
    static constexpr color black() noexcept { return 1; }
    static constexpr color red() noexcept { return 0; }
};
using order_tree = boost::intrusive::rbtree_algorithms<order_traits>;

} // namespace detail

/// An ordered index as code that does not know its key's type walks it.
class ordered_index_base : public index_base {
public:
    using node = detail::order_node;

    [[nodiscard]] const node* first() const noexcept { return detail::order_tree::begin_node(&header_); }
    /// Behind the last one.
    [[nodiscard]] const node* end() const noexcept { return &header_; }
    [[nodiscard]] static const node* after(const node* at) noexcept {
        return detail::order_tree::next_node(const_cast<node*>(at));
    }
    [[nodiscard]] static const node* before(const node* at) noexcept {
        return detail::order_tree::prev_node(const_cast<node*>(at));
    }
    /// Grows with every row that leaves its place: a walk that was begun before is not to go on.
    [[nodiscard]] std::uint64_t departures() const noexcept { return departures_; }
    /// Whether the key of `a` is less than that of `b`.
    [[nodiscard]] virtual bool less(const node* a, const node* b) const noexcept = 0;

protected:
    ordered_index_base() noexcept { detail::order_tree::init_header(&header_); }

    node header_;
    std::uint64_t departures_ = 0;
};

/// The ordered index over fields of these types; rows of one key in the order in which they came to have it.
///
/// Cost: 32 bytes a row; no allocation but for rows that are new. Threads: the one that edits.
template <class... Fields> class ordered_index final : public ordered_index_base {
public:
    explicit ordered_index(const detail::key_place<Fields...>& place) : place_(place) {}

    /// The first row whose leading fields are not less than (`above`: greater than) the first `count` of these.
    template <class... Parts>
    [[nodiscard]] const node* from(bool above, std::size_t count, const std::tuple<Parts...>& bound) const noexcept {
        const auto is_before = [&](const node* at) {
            const int order = compare(place_.view(at->slot), bound, count, std::index_sequence_for<Parts...>{});
            return above ? order <= 0 : order < 0;
        };
        const node* found = &header_;
        for (const node* at = detail::order_traits::get_parent(&header_); at != nullptr;) {
            if (is_before(at)) {
                at = at->right;
            } else {
                found = at;
                at = at->left;
            }
        }
        return found;
    }

    [[nodiscard]] bool less(const node* a, const node* b) const noexcept override {
        return place_.view(a->slot) < place_.view(b->slot);
    }

    void prepare(const void* const*, std::uint32_t slot_number, std::uint64_t) override { grow(slot_number); }
    void prepare_unlink(const void*, std::uint64_t) override {}
    bool link(void* slot) noexcept override {
        node* fresh = node_of(slot_store::header(slot).number);
        fresh->slot = slot;
        const auto less_than = [&](const node* a, const node* b) { return less(a, b); };
        detail::order_tree::insert_equal_upper_bound(&header_, fresh, less_than);
        return true;
    }
    [[nodiscard]] void* link_all(const std::vector<void*>& slots) override {
        for (void* slot : slots) {
            grow(slot_store::header(slot).number);
            link(slot);
        }
        return nullptr;
    }
    void unlink(void* slot) noexcept override {
        ++departures_;
        detail::order_tree::erase(&header_, node_of(slot_store::header(slot).number));
    }
    void reserve(std::size_t rows) override {
        if (rows != 0) grow(static_cast<std::uint32_t>(rows - 1));
    }

    // Rows are not looked up by key here: no reference and no uniqueness goes by an ordered index.
    void catch_up() override {}
    [[nodiscard]] void* find(const void* const*) const noexcept override { return nullptr; }
    [[nodiscard]] void* find_inner(const void* const*) const noexcept override { return nullptr; }
    [[nodiscard]] void* next(void* slot) const noexcept override { return slot; }
    [[nodiscard]] std::uint64_t hash_of(const void*) const noexcept override { return 0; }
    [[nodiscard]] ring_place step(ring_place, const void*, std::uint64_t) const noexcept override { return {}; }

private:
    static constexpr unsigned node_shift = 10;

    template <class Bound, std::size_t... I>
    [[nodiscard]] static int compare(const key_view<Fields...>& key, const Bound& bound, std::size_t count,
                                     std::index_sequence<I...>) noexcept {
        int order = 0;
        const auto equal = [&order](const auto& part, const auto& other) {
            order = part < other ? -1 : other < part ? 1 : 0;
            return order == 0;
        };
        static_cast<void>(((I < count && equal(std::get<I>(key), std::get<I>(bound))) && ...));
        return order;
    }
    [[nodiscard]] node* node_of(std::uint32_t number) const noexcept {
        return &nodes_[number >> node_shift][number & ((1u << node_shift) - 1)];
    }
    void grow(std::uint32_t number) {
        while (nodes_.size() <= number >> node_shift)
            nodes_.push_back(std::make_unique<node[]>(std::size_t{1} << node_shift));
    }

    detail::key_place<Fields...> place_;
    std::vector<std::unique_ptr<node[]>> nodes_; ///< By slot number.
};

} // namespace holdfast
