"""A desktop's file manager, as far as a drag goes: a small window that offers one file. Usage: dragsource.py FILE"""

import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

file = Path(sys.argv[1]).absolute()
window = Gtk.Window(title="File manager")
window.set_default_size(160, 60)
window.move(1180, 820)
box = Gtk.EventBox()
box.add(Gtk.Label(label=file.name))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda _box, _context, data, _info, _time: data.set_uris([file.as_uri()]))
window.add(box)
window.connect("destroy", Gtk.main_quit)
window.show_all()
window.set_keep_above(True)
Gtk.main()
