//! Text, actions and control structures.

use super::growing::added;
use super::{Parse, Parser, State, verbatim};
use crate::node::{Branch, Call, Node, Span};
use crate::token::{Kind, Token};

/// What stands at a place of a list.
pub(super) enum Item {
    Node(Node),
    End,
    Else,
}

/// What ended a list.
#[derive(PartialEq, Eq, Clone, Copy)]
pub(super) enum Ending {
    End,
    Else,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Control {
    If,
    With,
    Range,
}

impl Control {
    fn word(self) -> &'static str {
        match self {
            Control::If => "if",
            Control::With => "with",
            Control::Range => "range",
        }
    }

    /// Makes a node with the number of its branch.
    fn node(self, branch: u32) -> Node {
        match self {
            Control::If => Node::If(branch),
            Control::With => Node::With(branch),
            Control::Range => Node::Range(branch),
        }
    }
}

impl Parser<'_> {
    pub(super) fn item_list(&mut self) -> Parse<(Span, Ending)> {
        let start = self.nodes.len();
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                Item::End => return Ok((self.list(start), Ending::End)),
                Item::Else => return Ok((self.list(start), Ending::Else)),
            }
        }
        self.fail("unexpected EOF")
    }

    /// Makes a list of the nodes from `start` on.
    pub(super) fn list(&mut self, start: usize) -> Span {
        added(&mut self.state.lists.parts.nodes, self.nodes.drain(start..))
    }

    pub(super) fn text_or_action(&mut self) -> Parse<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.start, token.end))),
            Kind::LeftDelim => {
                self.state.action = Some(token.start);
                let item = self.nested(Self::action)?;
                self.state.action = None;
                Ok(item)
            }
            _ => self.unexpected(token, "input"),
        }
    }

    fn action(&mut self) -> Parse<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Block => self.block().map(Item::Node),
            Kind::Break => self.jump("{{break}}", Node::Break),
            Kind::Continue => self.jump("{{continue}}", Node::Continue),
            Kind::Else => self.else_word(),
            Kind::End => self.expect(Kind::RightDelim, "end").map(|_| Item::End),
            Kind::If => self.control(Control::If).map(Item::Node),
            Kind::Range => self.control(Control::Range).map(Item::Node),
            Kind::Template => self.template().map(Item::Node),
            Kind::With => self.control(Control::With).map(Item::Node),
            Kind::String | Kind::RawString => self.quoted(token).map(Item::Node),
            _ => {
                self.backup();
                self.print().map(Item::Node)
            }
        }
    }

    fn print(&mut self) -> Parse<Node> {
        self.pipeline("command", Kind::RightDelim).map(Node::Action)
    }

    /// A text in quotes that is all of its action needs no more than to be copied.
    fn quoted(&mut self, token: Token) -> Parse<Node> {
        let after = self.peek();
        let alone = self.peek_non_space().kind == Kind::RightDelim;
        if alone && verbatim(self.value(token)).is_some() {
            self.next_non_space();
            return Ok(Node::Quoted(token.start + 1, token.end - 1));
        }
        match after.kind {
            Kind::Space => self.backup3(token, after),
            _ => self.backup2(token),
        }
        self.print()
    }

    fn jump(&mut self, word: &str, node: Node) -> Parse<Item> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelim {
            return self.unexpected(token, word);
        }
        if self.state.range_depth == 0 {
            return self.fail(format!("{word} outside {{{{range}}}}"));
        }
        Ok(Item::Node(node))
    }

    /// `else if` and `else with` are left to the control structure that they continue.
    fn else_word(&mut self) -> Parse<Item> {
        if !matches!(self.peek_non_space().kind, Kind::If | Kind::With) {
            self.expect(Kind::RightDelim, "else")?;
        }
        Ok(Item::Else)
    }

    fn control(&mut self, control: Control) -> Parse<Node> {
        let (names, slots) = (self.state.lists.names.len(), self.state.lists.slots.len());
        let pipe = self.pipeline(control.word(), Kind::RightDelim)?;
        let declared = self.state.lists.slots.len();
        self.state.range_depth += usize::from(control == Control::Range);
        let (list, ending) = self.item_list()?;
        // What the list declares does not live in the other branch, though Go's parser still knows its name there.
        self.state.lists.slots.truncate(declared);
        self.state.range_depth -= usize::from(control == Control::Range);
        let else_list = match ending {
            Ending::End => Span::EMPTY,
            Ending::Else => self.else_list(control)?,
        };
        self.state.lists.names.truncate(names);
        self.state.lists.slots.truncate(slots);
        let branches = &mut self.state.lists.parts.branches;
        Ok(control.node(added(branches, [Branch { pipe, list, else_list }]).start))
    }

    fn else_list(&mut self, control: Control) -> Parse<Span> {
        let continued = match (control, self.peek().kind) {
            (Control::If, Kind::If) | (Control::With, Kind::With) => Some(control),
            _ => None,
        };
        if let Some(control) = continued {
            self.next();
            let node = self.nested(|parser| parser.control(control))?;
            return Ok(added(&mut self.state.lists.parts.nodes, [node]));
        }
        let (list, ending) = self.item_list()?;
        if ending != Ending::End {
            return self.fail("expected end; found {{else}}");
        }
        Ok(list)
    }

    /// A block is a definition and its call in one.
    fn block(&mut self) -> Parse<Node> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(token, context)?;
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let outer = std::mem::replace(&mut self.state, State::new(self.vocabulary));
        self.body(name.clone(), context)?;
        self.leave(outer);
        Ok(self.call(Call { pos: token.start, name, pipe: Some(pipe) }))
    }

    fn call(&mut self, call: Call) -> Node {
        let calls = &mut self.state.lists.parts.calls;
        calls.push(call);
        Node::Template(calls.len() as u32 - 1)
    }

    fn template(&mut self) -> Parse<Node> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(token, context)?;
        let mut pipe = None;
        if self.next_non_space().kind != Kind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(context, Kind::RightDelim)?);
        }
        Ok(self.call(Call { pos: token.start, name, pipe }))
    }

    fn template_name(&mut self, token: Token, context: &str) -> Parse<gostd::Str> {
        match token.kind {
            Kind::String | Kind::RawString => self.unquote(token),
            _ => self.unexpected(token, context),
        }
    }
}
