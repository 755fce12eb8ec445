//! `main(start, steps)`: a world of Conway's game of life of 8 by 8 cells, whose edges meet, after some steps.

use sheaf_guest::*;

/// Cells in a row, and in a column.
const SIDE: usize = 8;
/// Cells of the world.
const CELLS: usize = SIDE * SIDE;

/// How many of the eight cells around one are alive.
fn neighbours(world: &[bool], row: usize, column: usize) -> usize {
    let mut alive = 0;
    for down in 0..3 {
        for right in 0..3 {
            let near = (row + SIDE - 1 + down) % SIDE * SIDE + (column + SIDE - 1 + right) % SIDE;
            if down != 1 || right != 1 {
                alive += usize::from(world[near]);
            }
        }
    }
    alive
}

/// The world after one step.
fn step(world: &[bool]) -> Vec<bool> {
    from_fn(CELLS, |i| match neighbours(world, i / SIDE, i % SIDE) {
        2 => world[i],
        3 => true,
        _ => false,
    })
}

/// The rows of a world, a number each.
fn rows(world: &[bool]) -> [usize; SIDE] {
    let mut rows = [0; SIDE];
    for row in 0..SIDE {
        for column in 0..SIDE {
            rows[row] = 2 * rows[row] + usize::from(world[SIDE * row + column]);
        }
    }
    rows
}

/// The rows of the world after some steps, each a number whose highest bit is the first cell.
pub fn main(start: [usize; SIDE], steps: usize) -> [usize; SIDE] {
    for row in start {
        assert!(row < 256, "a row has eight cells");
    }
    let mut world: Vec<bool> = from_fn(CELLS, |i| {
        let row = start[i / SIDE];
        bits(F::from(row))[SIDE - 1 - i % SIDE]
    });
    for _ in 0..steps {
        world = step(&world);
    }
    rows(&world)
}
