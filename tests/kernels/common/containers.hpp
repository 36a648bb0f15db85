// What a kernel writes for itself when it has nothing but new and delete: a vector, a list and a map. Only as much of
// each as the stage "containers" uses.
#pragma once

#include <cstddef>

namespace kernel {

/// An array that grows by doubling. T is default-constructible and assignable.
template <class T>
class vector {
public:
    vector() noexcept = default;
    vector(const vector&) = delete;
    vector& operator=(const vector&) = delete;
    ~vector() { delete[] items_; }

    void push_back(const T& item) {
        if (size_ == capacity_) grow();
        items_[size_++] = item;
    }

    T& operator[](std::size_t index) noexcept { return items_[index]; }
    std::size_t size() const noexcept { return size_; }

private:
    void grow() {
        const std::size_t capacity = capacity_ == 0 ? 4 : capacity_ * 2;
        T* const items = new T[capacity];
        for (std::size_t i = 0; i < size_; ++i) items[i] = items_[i];
        delete[] items_;
        items_ = items;
        capacity_ = capacity;
    }

    T* items_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// A singly linked queue: in at the back, out at the front.
template <class T>
class list {
public:
    list() noexcept = default;
    list(const list&) = delete;
    list& operator=(const list&) = delete;
    ~list() {
        while (!is_empty()) pop_front();
    }

    bool is_empty() const noexcept { return front_ == nullptr; }

    void push_back(const T& item) {
        node* const added = new node{item, nullptr};
        (is_empty() ? front_ : back_->next) = added;
        back_ = added;
    }

    /// Pre: not empty.
    T pop_front() {
        node* const first = front_;
        const T item = first->item;
        front_ = first->next;
        delete first;
        return item;
    }

private:
    struct node {
        T item;
        node* next;
    };

    node* front_ = nullptr;
    node* back_ = nullptr;
};

/// An ordered map: a binary search tree, which random keys keep shallow.
template <class Key, class Value>
class map {
public:
    map() noexcept = default;
    map(const map&) = delete;
    map& operator=(const map&) = delete;
    ~map() {
        while (root_ != nullptr) erase(root_->key);
    }

    /// The value of `key`, which is created if there is none.
    Value& operator[](const Key& key) {
        node*& place = place_of(key);
        if (place == nullptr) place = new node{key, Value{}, nullptr, nullptr};
        return place->value;
    }

    const Value* find(const Key& key) noexcept {
        const node* const found = place_of(key);
        return found == nullptr ? nullptr : &found->value;
    }

    void erase(const Key& key) noexcept {
        node*& place = place_of(key);
        node* const found = place;
        if (found == nullptr) return;
        place = found->right;
        hang(found->left);
        delete found;
    }

private:
    struct node {
        Key key;
        Value value;
        node* left;
        node* right;
    };

    /// The link that leads to `key`, or the empty one where it belongs.
    node*& place_of(const Key& key) noexcept {
        node** place = &root_;
        while (*place != nullptr && (*place)->key != key) {
            place = key < (*place)->key ? &(*place)->left : &(*place)->right;
        }
        return *place;
    }

    /// Puts a cut-off left branch back: the place of its top key is empty and has no smaller keys beside it.
    void hang(node* branch) noexcept {
        if (branch != nullptr) place_of(branch->key) = branch;
    }

    node* root_ = nullptr;
};

}  // namespace kernel
