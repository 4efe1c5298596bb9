import { mount } from "../ui/mount";
import { ConsolePage } from "./ConsolePage";

mount(<ConsolePage />);
