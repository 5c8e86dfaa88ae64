//! Functions behind pointers.

/// A function. A `dyn Fn` can also be called as `FnMut` and as `FnOnce`, and the compiler makes code for all three for
/// each function. This trait has one method.
pub trait Call<Input, Output> {
    /// Calls the function.
    fn call(&self, input: Input) -> Output;
}

impl<Input, Output, F: Fn(Input) -> Output> Call<Input, Output> for F {
    fn call(&self, input: Input) -> Output {
        self(input)
    }
}
