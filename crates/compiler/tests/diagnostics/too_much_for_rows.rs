use sheaf_guest::*;

pub fn main(start: F) -> F {
    let mut a = [F::ONE; 100];
    for i in 0..100 {
        a[i] = start * F::from(i) * start + start;
    }
    let mut sum = F::ZERO;
    for i in 0..100 {
        for j in 0..100 {
            sum += a[i] * a[99 - j];
        }
    }
    sum
}
