/** What anywidget hands to a view: the part of its model that Werkbook uses. */
export interface WidgetModel {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(name: string, callback: (...values: any[]) => void): void;
  off(name: string, callback: (...values: any[]) => void): void;
  send(
    content: object,
    callbacks?: undefined,
    buffers?: (ArrayBuffer | Uint8Array<ArrayBuffer>)[],
  ): void;
  /** Whether the kernel's side of the model is there. */
  comm_live: boolean;
  widget_manager: any;
}

export interface RenderProps {
  model: WidgetModel;
  el: HTMLElement;
}
