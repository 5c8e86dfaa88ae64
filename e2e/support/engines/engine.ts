/** A browser engine with one page. The smoke tests run the same steps in each. */
export interface Engine {
  open(url: string): Promise<void>;
  /** Runs a function in the page. It must not refer to anything outside of itself. */
  evaluate<A extends (string | number)[], T>(script: (...values: A) => T, ...values: A): Promise<T>;
  hover(selector: string): Promise<void>;
  click(selector: string): Promise<void>;
  /** Types a text into the focused element. */
  type(text: string): Promise<void>;
  press(key: 'Enter', modifier?: 'Shift'): Promise<void>;
  /** Chooses a file in a file input, which may be hidden. */
  attach(selector: string, path: string): Promise<void>;
  close(): Promise<void>;
}
