"""Every action of the window, with its name, its words and its keys."""

# The desk is another one when another flow is opened, so it is looked up when the action runs.
# ruff: noqa: PLW0108

from typing import TYPE_CHECKING

from studio.actions import Action, Actions

if TYPE_CHECKING:
    from studio.window.window import Window

FILE, EDIT, VIEW, FLOW, TALK = "File", "Edit", "View", "Flow", "Rehearse"


def make_actions(w: "Window") -> Actions:
    """The registry of a window."""
    actions = Actions()
    actions.add(
        Action("file.new", "New flow", "Begin an empty flow", FILE, w.new, ("Ctrl+N",)),
        Action("file.open", "Open…", "Open a flow", FILE, w.ask_open, ("Ctrl+O",)),
        Action(
            "file.sample", "New from a sample…", "Begin with a copy of a sample flow", FILE, w.choose_sample
        ),
        Action("file.recent", "Open recent…", "Open a flow that was open lately", FILE, w.choose_recent),
        Action("file.save", "Save", "Save the flow", FILE, w.save, ("Ctrl+S",)),
        Action("file.save_as", "Save as…", "Save the flow elsewhere", FILE, w.ask_save_as, ("Ctrl+Shift+S",)),
        Action("file.publish", "Publish…", "Give it to the next visitor", FILE, w.publish, ("Ctrl+Shift+P",)),
        Action("file.close", "Close", "Close the window", FILE, w.ask_close, ("Ctrl+Q",)),
    )
    _edits(actions, w)
    _views(actions, w)
    _talks(actions, w)
    return actions


def _edits(actions: Actions, w: "Window") -> None:
    actions.add(
        Action(
            "edit.undo",
            "Undo",
            "Take the last step back",
            EDIT,
            lambda: w.document.undo(),
            ("Ctrl+Z",),
            lambda: w.document.can_undo,
        ),
        Action(
            "edit.redo",
            "Redo",
            "Do the step again",
            EDIT,
            lambda: w.document.redo(),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            lambda: w.document.can_redo,
        ),
        Action(
            "edit.cut",
            "Cut",
            "Cut the selected nodes",
            EDIT,
            lambda: w.desk.canvas.cut_selection(),
            ("Ctrl+X",),
            here=True,
        ),
        Action(
            "edit.copy",
            "Copy",
            "Copy the selected nodes as text",
            EDIT,
            lambda: w.desk.canvas.copy_selection(),
            ("Ctrl+C",),
            here=True,
        ),
        Action(
            "edit.paste",
            "Paste",
            "Paste nodes",
            EDIT,
            lambda: w.desk.canvas.paste_clipboard(),
            ("Ctrl+V",),
            here=True,
        ),
        Action(
            "edit.duplicate",
            "Duplicate",
            "Copy the selected nodes beside them",
            EDIT,
            lambda: w.desk.canvas.duplicate_selection(),
            ("Ctrl+D",),
            here=True,
        ),
        Action(
            "edit.delete",
            "Delete",
            "Delete the selection",
            EDIT,
            lambda: w.desk.canvas.delete_selection(),
            ("Del",),
            here=True,
        ),
        Action(
            "edit.all",
            "Select all",
            "Select every node",
            EDIT,
            lambda: w.desk.canvas.select_all(),
            ("Ctrl+A",),
            here=True,
        ),
        Action(
            "edit.find",
            "Find",
            "Nodes, words, commands",
            EDIT,
            lambda: w.desk.everything.open(),
            ("Ctrl+K", "Ctrl+F"),
        ),
    )


def _views(actions: Actions, w: "Window") -> None:
    actions.add(
        Action(
            "view.fit",
            "Show the whole flow",
            "Zoom until all is in view",
            VIEW,
            lambda: w.desk.canvas.fit(),
            ("Home",),
            here=True,
        ),
        Action(
            "view.selection",
            "Show the selection",
            "Zoom to what is selected",
            VIEW,
            lambda: w.desk.canvas.frame_selection(),
            ("F",),
            here=True,
        ),
        Action(
            "view.palette", "Palette", "Kinds to add", VIEW, lambda: w.desk.turn_drawer("flow"), ("Ctrl+1",)
        ),
        Action(
            "view.outline",
            "Outline",
            "The flow as a tree",
            VIEW,
            lambda: w.desk.turn_drawer("outline"),
            ("Ctrl+2",),
        ),
        Action(
            "view.variables",
            "Variables",
            "What a talk keeps",
            VIEW,
            lambda: w.desk.turn_drawer("variable"),
            ("Ctrl+3",),
        ),
        Action(
            "view.history",
            "History",
            "What was done",
            VIEW,
            lambda: w.desk.turn_drawer("history"),
            ("Ctrl+4",),
        ),
        Action(
            "view.knowledge",
            "Knowledge",
            "What the agent may answer from",
            VIEW,
            lambda: w.desk.turn_drawer("knowledge"),
            ("Ctrl+5",),
        ),
        Action(
            "view.tools",
            "Tools",
            "What the agent may use",
            VIEW,
            lambda: w.desk.turn_drawer("tools"),
            ("Ctrl+6",),
        ),
        Action(
            "view.speech",
            "Voice and models",
            "How the agent hears, speaks and thinks",
            VIEW,
            lambda: w.desk.turn_drawer("speech"),
            ("Ctrl+7",),
        ),
        Action(
            "view.rehearse",
            "Rehearsal",
            "The talk",
            VIEW,
            lambda: w.desk.side.turn_to("rehearse"),
            ("Alt+1",),
        ),
        Action(
            "view.node", "Node", "The form of the node", VIEW, lambda: w.desk.side.turn_to("node"), ("Alt+2",)
        ),
        Action(
            "view.tests", "Tests", "The flow's tests", VIEW, lambda: w.desk.side.turn_to("tests"), ("Alt+3",)
        ),
        Action(
            "view.problems",
            "Problems",
            "Everything the check found",
            VIEW,
            lambda: w.desk.problems.toggle(),
            ("Ctrl+Shift+M",),
        ),
        Action("view.still", "Less motion", "Nothing moves by itself, or it may again", VIEW, w.toggle_still),
        Action(
            "view.canvas",
            "Canvas",
            "Put the focus on the canvas",
            VIEW,
            lambda: w.desk.canvas.setFocus(),
            ("Alt+0",),
        ),
    )
    actions.add(
        Action("flow.check", "Check", "Check the flow and show what was found", FLOW, w.check, ("F7",)),
        Action(
            "flow.add",
            "Add a node…",
            "Choose a kind to add",
            FLOW,
            lambda: w.desk.canvas.quick_add(),
            ("Ctrl+Space",),
        ),
        Action(
            "flow.tidy",
            "Tidy up",
            "Lay the flow out anew",
            FLOW,
            lambda: w.desk.canvas.arrange(),
            ("Ctrl+Shift+L",),
        ),
        Action(
            "flow.frame",
            "Frame the selection",
            "Draw a frame around it",
            FLOW,
            lambda: w.desk.canvas.group_selection(),
            ("Ctrl+G",),
        ),
        Action("flow.subflow", "New sub-flow", "Add a sub-flow and show it", FLOW, w.add_subflow),
        Action(
            "flow.parts", "Go to a flow…", "The main flow and its sub-flows", FLOW, w.choose_part, ("Ctrl+J",)
        ),
    )


def _talks(actions: Actions, w: "Window") -> None:
    actions.add(
        Action(
            "talk.begin", "Rehearse", "Talk to the flow", TALK, lambda: w.desk.rehearse(), ("F5", "Ctrl+R")
        ),
        Action(
            "talk.again",
            "Start over",
            "Begin the talk again",
            TALK,
            lambda: w.desk.dock.again(),
            ("Shift+F5",),
        ),
        Action(
            "talk.silence",
            "Say nothing",
            "Until the patience is over",
            TALK,
            lambda: w.desk.dock.bar.say_nothing(),
        ),
        Action("talk.hour", "An hour passes", "Let time go by", TALK, lambda: w.desk.dock.bar.pass_hour()),
        Action("talk.hang_up", "Hang up", "The caller leaves", TALK, lambda: w.desk.dock.bar.hang_up()),
        Action(
            "talk.keys",
            "Telephone keys",
            "Show or hide the keys",
            TALK,
            lambda: w.desk.dock.bar.toggle_keys(),
        ),
        Action(
            "talk.aloud",
            "Talk aloud",
            "By voice, over the server",
            TALK,
            lambda: w.calls.toggle(),
            ("Ctrl+M",),
        ),
        Action(
            "talk.call",
            "Call me…",
            "The flow as it stands calls a SIP address",
            TALK,
            lambda: w.calls.ask_call(),
        ),
        Action("talk.follow", "Follow a call…", "See where a caller is", TALK, lambda: w.calls.ask_follow()),
        Action("talk.keep", "Keep this talk as a test…", "Save it beside the flow", TALK, w.ask_keep),
        Action("talk.tests", "Run the tests", "All tests of the flow", TALK, w.run_tests, ("F6",)),
    )
