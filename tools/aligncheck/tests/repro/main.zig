const std = @import("std");

extern fn read_words() u64;
extern fn read_vector() u64;

pub fn main() void {
    std.debug.print("{x}\n", .{read_words() +% read_vector()});
}
