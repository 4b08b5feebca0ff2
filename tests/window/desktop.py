"""A desktop, as far as notifications and a tray go. Says each thing it is told as a line of JSON; a line on its input is the label
of an item of the tray's menu to be pressed. Usage: desktop.py"""

import json
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NODES = Gio.DBusNodeInfo.new_for_xml("""<node>
<interface name="org.freedesktop.Notifications">
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface>
<interface name="org.kde.StatusNotifierWatcher">
  <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
  <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
  <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
  <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
  <property name="ProtocolVersion" type="i" access="read"/>
  <signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
  <signal name="StatusNotifierHostRegistered"/>
</interface></node>""")
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
item = None


def say(**what):
    print(json.dumps(what, ensure_ascii=False), flush=True)


def called(_bus, sender, _path, _interface, method, words, call):
    global item
    words = words.unpack()
    if method == "Notify":
        say(kind="note", title=words[3], body=words[4])
        return call.return_value(GLib.Variant("(u)", (1,)))
    if method == "GetCapabilities":
        return call.return_value(GLib.Variant("(as)", (["body"],)))
    if method == "GetServerInformation":
        return call.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
    if method == "RegisterStatusNotifierItem":
        item = (sender, words[0] if words[0].startswith("/") else "/StatusNotifierItem")
        say(kind="sign")
    call.return_value(None)


def asked(_bus, _sender, _path, _interface, name):
    return {"RegisteredStatusNotifierItems": GLib.Variant("as", []), "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
            "ProtocolVersion": GLib.Variant("i", 0)}[name]


def ask(path, interface, method, words):
    return bus.call_sync(item[0], path, interface, method, words, None, Gio.DBusCallFlags.NONE, 5000).unpack()


def press(label):
    """Finds the item by its label, as a person does, and presses it."""
    menu = ask(item[1], "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", "Menu")))[0]
    _, (_, _, rows) = ask(menu, "com.canonical.dbusmenu", "GetLayout", GLib.Variant("(iias)", (0, -1, [])))
    labels = {row[1].get("label"): row[0] for row in rows}
    say(kind="menu", labels=list(labels))
    if label in labels:
        ask(menu, "com.canonical.dbusmenu", "Event", GLib.Variant("(isvu)", (labels[label], "clicked", GLib.Variant("s", ""), 0)))


def typed(channel, _condition):
    line = channel.readline()
    if not line:
        loop.quit()
        return False
    try:
        press(line.strip())
    except (GLib.Error, TypeError) as failed:
        say(kind="failed", reason=str(failed))
    return True


loop = GLib.MainLoop()
for name, path, node in (("org.freedesktop.Notifications", "/org/freedesktop/Notifications", 0), ("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", 1)):
    bus.register_object(path, NODES.interfaces[node], called, asked, None)
    Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)
GLib.io_add_watch(GLib.IOChannel.unix_new(sys.stdin.fileno()), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, typed)
say(kind="ready")
loop.run()
